using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.Backends.Cuda.Devices;

namespace Camshaft.Testing.Cuda;

/// <summary>GPUs of the simulated driver for a whole server, with what their sensors say. They run by themselves. Disposed after the server.</summary>
public sealed class SimulatedGpus : IDisposable
{
    /// <summary>Makes them.</summary>
    /// <param name="sensors">What each says of itself.</param>
    public SimulatedGpus(params ReadOnlySpan<SimulatedSensors> sensors)
        : this(TimeProvider.System, log: null, sensors)
    {
    }

    /// <summary>Makes them.</summary>
    /// <param name="sensorClock">The clock by which their sensors are read.</param>
    /// <param name="log">Is told when sensors do not answer; null = nobody is.</param>
    /// <param name="sensors">What each says of itself.</param>
    public SimulatedGpus(TimeProvider sensorClock, IBackendLog? log, params ReadOnlySpan<SimulatedSensors> sensors)
    {
        Driver = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = sensors.Length, RunsByItself = true, OperationTime = TimeSpan.Zero });
        Management = new SimulatedManagement(sensors);
        Provider = new CudaDeviceProvider(() => new CudaDriver(Driver.Resolve), new CudaOptions(), TimeProvider.System, Management.CreateMonitor(sensorClock, log));
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

    /// <summary>Their management library.</summary>
    public SimulatedManagement Management { get; }

    /// <summary>Finds them for an engine.</summary>
    public CudaDeviceProvider Provider { get; }

    /// <summary>Says something else of a GPU from now on.</summary>
    public void Set(int ordinal, SimulatedSensors sensors) => Management.Set(ordinal, sensors);

    /// <summary>Waits until a GPU was read that says something.</summary>
    /// <param name="ordinal">The GPU.</param>
    /// <param name="condition">What it is to say; null = anything.</param>
    public async Task WaitForReadingAsync(int ordinal, Func<AcceleratorReading, bool>? condition = null)
    {
        condition ??= static reading => reading != default;
        for (var deadline = Environment.TickCount64 + 60_000; !condition(Provider.Devices[ordinal].ReadSensors());)
        {
            if (Environment.TickCount64 > deadline)
            {
                throw new TimeoutException($"After a minute GPU {ordinal} says {Provider.Devices[ordinal].ReadSensors()}.");
            }

            await Task.Delay(5).ConfigureAwait(false);
        }
    }

    /// <summary>Ends them; fails the test when the driver was used wrongly.</summary>
    public void Dispose()
    {
        Provider.Dispose();
        Management.Dispose();
        Driver.Dispose();
    }
}
