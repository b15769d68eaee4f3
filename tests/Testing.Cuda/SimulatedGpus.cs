using Camshaft.Backends.Cuda;
using Camshaft.Backends.Cuda.Devices;

namespace Camshaft.Testing.Cuda;

/// <summary>GPUs of the simulated driver for a whole server, with what their sensors say. They run by themselves. Disposed after the server.</summary>
public sealed class SimulatedGpus : IDisposable
{
    private readonly SimulatedManagement _management;

    /// <summary>Makes them.</summary>
    /// <param name="sensors">What each says of itself.</param>
    public SimulatedGpus(params ReadOnlySpan<SimulatedSensors> sensors)
    {
        Driver = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = sensors.Length, RunsByItself = true, OperationTime = TimeSpan.Zero });
        _management = new SimulatedManagement(sensors);
        Provider = new CudaDeviceProvider(() => new CudaDriver(Driver.Resolve), new CudaOptions(), TimeProvider.System, () => _management.TryStart());
    }

    /// <summary>What a GPU says that tells everything.</summary>
    public static SimulatedSensors Talkative { get; } = new()
    {
        Uuid = "GPU-11111111-2222-3333-4444-555555555555",
        Utilization = 83,
        Memory = (85_899_345_920, 12_884_901_888),
        PowerMilliwatts = 412_750,
        PowerLimitMilliwatts = 700_000,
        EnergyMillijoules = 9_000_000,
        Celsius = 64,
    };

    /// <summary>Their driver.</summary>
    public SimulatedDriver Driver { get; }

    /// <summary>Finds them for an engine.</summary>
    public CudaDeviceProvider Provider { get; }

    /// <summary>Says something else of a GPU from now on.</summary>
    public void Set(int ordinal, SimulatedSensors sensors) => _management.Set(ordinal, sensors);

    /// <summary>Ends them; fails the test when the driver was used wrongly.</summary>
    public void Dispose()
    {
        Provider.Dispose();
        _management.Dispose();
        Driver.Dispose();
    }
}
