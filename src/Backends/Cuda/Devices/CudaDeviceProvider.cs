using Camshaft.Backends.Cuda.Monitoring;

namespace Camshaft.Backends.Cuda.Devices;

/// <summary>
/// Finds the GPUs of this machine, and has them monitored until it is disposed, after the last of them. Without a driver there are none, which is no error.
/// </summary>
/// <param name="load">Loads the driver.</param>
/// <param name="options">How GPUs are used.</param>
/// <param name="timeProvider">The clock by which they are watched.</param>
/// <param name="startMonitor">Starts what reads their sensors, once there are some; null = nothing does.</param>
public sealed class CudaDeviceProvider(Func<CudaDriver> load, CudaOptions options, TimeProvider timeProvider, Func<GpuMonitor?>? startMonitor = null) : IDeviceProvider, IDisposable
{
    private GpuMonitor? _monitor;

    /// <summary>Finds them by the system's driver.</summary>
    public CudaDeviceProvider(CudaOptions options, TimeProvider timeProvider)
        : this(CudaDriver.Load, options, timeProvider, GpuMonitor.TryStart)
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
            _monitor ??= driver.DeviceCount > 0 ? startMonitor?.Invoke() : null;
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
    public void Dispose() => _monitor?.Dispose();

    private void Add(CudaDriver driver, int ordinal, List<CudaDevice> devices, List<string> reasons)
    {
        try
        {
            var info = driver.Describe(ordinal);
            if (info.HasMemoryPools)
            {
                var device = new CudaDevice(driver, info, options, timeProvider, _monitor);
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
