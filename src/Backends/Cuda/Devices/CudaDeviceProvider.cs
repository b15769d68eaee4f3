using Camshaft.Backends.Cuda.Monitoring;

namespace Camshaft.Backends.Cuda.Devices;

/// <summary>
/// Finds the GPUs of this machine, and has them monitored until it is disposed, after the last of them. Without a driver there are none, which is no error.
/// </summary>
/// <param name="load">Loads the driver.</param>
/// <param name="options">How GPUs are used.</param>
/// <param name="timeProvider">The clock by which they are watched.</param>
/// <param name="monitor">Watches their sensors, and ends with the provider; null = nothing does.</param>
public sealed class CudaDeviceProvider(Func<CudaDriver> load, CudaOptions options, TimeProvider timeProvider, GpuMonitor? monitor = null) : IDeviceProvider, IDisposable
{
    /// <summary>Finds them by the system's driver.</summary>
    /// <param name="options">How GPUs are used.</param>
    /// <param name="timeProvider">The clock by which they are watched.</param>
    /// <param name="log">Is told when their sensors do not answer; null = nobody is.</param>
    public CudaDeviceProvider(CudaOptions options, TimeProvider timeProvider, IBackendLog? log = null)
        : this(CudaDriver.Load, options, timeProvider, new GpuMonitor(timeProvider, log))
    {
    }

    /// <summary>The devices that it has found; empty until it was asked.</summary>
    public IReadOnlyList<CudaDevice> Devices { get; private set; } = [];

    /// <inheritdoc/>
    public DeviceKind Kind => DeviceKind.Cuda;

    /// <inheritdoc/>
    public IReadOnlyList<IDevice> GetDevices(out string? unavailableReason)
    {
        var devices = new List<CudaDevice>();
        var reasons = new List<string>();
        try
        {
            var driver = load();
            for (var ordinal = 0; ordinal < driver.DeviceCount; ordinal++)
            {
                Add(driver, ordinal, devices, reasons);
            }
        }
        catch (CudaUnavailableException exception)
        {
            reasons.Add(exception.Message);
        }

        Devices = devices;
        unavailableReason = reasons.Count > 0 ? string.Join("; ", reasons) : null;
        return devices;
    }

    /// <summary>Ends the monitor; devices say nothing of themselves from then on.</summary>
    public void Dispose() => monitor?.Dispose();

    private void Add(CudaDriver driver, int ordinal, List<CudaDevice> devices, List<string> reasons)
    {
        try
        {
            var info = driver.Describe(ordinal);
            if (info.HasMemoryPools)
            {
                var device = new CudaDevice(driver, info, options, timeProvider, monitor);
                devices.Add(device);
                if (device.ReserveRefusal is { } refusal)
                {
                    reasons.Add($"GPU {ordinal} reserves nothing for models with a share ('gpuReservedShare' has no effect): {refusal}");
                }
            }
            else
            {
                reasons.Add($"GPU {ordinal} ({info.Name}) has no stream-ordered memory");
            }
        }
        catch (CudaException exception)
        {
            reasons.Add($"GPU {ordinal} cannot be used: {exception.Message}");
        }
    }
}
