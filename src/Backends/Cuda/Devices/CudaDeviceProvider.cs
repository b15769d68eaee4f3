namespace Camshaft.Backends.Cuda.Devices;

/// <summary>Finds the GPUs of this machine. Without a driver there are none, which is no error.</summary>
/// <param name="load">Loads the driver.</param>
/// <param name="options">How GPUs are used.</param>
/// <param name="timeProvider">The clock by which they are watched.</param>
public sealed class CudaDeviceProvider(Func<CudaDriver> load, CudaOptions options, TimeProvider timeProvider) : IDeviceProvider
{
    /// <summary>Finds them by the system's driver.</summary>
    public CudaDeviceProvider(CudaOptions options, TimeProvider timeProvider)
        : this(CudaDriver.Load, options, timeProvider)
    {
    }

    /// <inheritdoc/>
    public DeviceKind Kind => DeviceKind.Cuda;

    /// <inheritdoc/>
    public IReadOnlyList<IDevice> GetDevices(out string? unavailableReason)
    {
        var devices = new List<IDevice>();
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

        unavailableReason = reasons.Count > 0 ? string.Join("; ", reasons) : null;
        return devices;
    }

    private void Add(CudaDriver driver, int ordinal, List<IDevice> devices, List<string> reasons)
    {
        try
        {
            var info = driver.Describe(ordinal);
            if (info.HasMemoryPools)
            {
                devices.Add(new CudaDevice(driver, info, options, timeProvider));
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
