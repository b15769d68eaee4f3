using Camshaft.Backends.Cuda.Devices;
using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests;

/// <summary>What GPUs say of themselves, by a management library in C#.</summary>
public sealed class GpuMonitorTests
{
    private static readonly SimulatedSensors Talkative = new()
    {
        Uuid = "GPU-00000000-1111-2222-3333-444444444444",
        Utilization = 75,
        Memory = (4000, 1000),
        PowerMilliwatts = 250_500,
        PowerLimitMilliwatts = 700_000,
        EnergyMillijoules = 5_000_000,
        Celsius = 61,
    };

    [Fact]
    public void A_reading_has_what_the_library_says()
    {
        using var library = new SimulatedManagement(Talkative);
        using var monitor = library.TryStart()!;

        Assert.Equal(
            new AcceleratorReading
            {
                UniqueId = "GPU-00000000-1111-2222-3333-444444444444",
                Utilization = 0.75,
                MemoryByteSize = 4000,
                UsedMemoryByteSize = 1000,
                PowerWatts = 250.5,
                PowerLimitWatts = 700,
                EnergyJoules = 5000,
                TemperatureCelsius = 61,
            },
            monitor.Read("0000:00:00.0"));
    }

    [Fact]
    public void What_a_GPU_does_not_tell_is_missing()
    {
        using var library = new SimulatedManagement(new SimulatedSensors(), new SimulatedSensors { Celsius = 61 });
        using var monitor = library.TryStart()!;

        Assert.Equal(default, monitor.Read("0000:00:00.0"));
        Assert.Equal(new AcceleratorReading { TemperatureCelsius = 61 }, monitor.Read("0000:01:00.0"));
        Assert.Equal(default, monitor.Read("0000:99:00.0"));
    }

    [Theory]
    [InlineData("nvmlDeviceGetTemperature")]
    [InlineData("nvmlDeviceGetUUID")]
    [InlineData("nvmlDeviceGetPowerManagementLimit")]
    [InlineData("nvmlDeviceGetTotalEnergyConsumption")]
    public void A_library_that_lacks_a_function_is_none(string function)
    {
        using var library = new SimulatedManagement(Talkative);

        Assert.Null(library.TryStart(missing: function));
        Assert.Equal(0, library.StartCount);
    }

    [Fact]
    public void A_monitor_ends_once_and_reads_nothing_after()
    {
        using var library = new SimulatedManagement(Talkative);
        var monitor = library.TryStart()!;
        monitor.Dispose();
        monitor.Dispose();

        Assert.Equal(0, library.StartCount);
        Assert.Equal(default, monitor.Read("0000:00:00.0"));
    }

    [Fact]
    public void A_device_reads_its_own_sensors_and_counts_its_energy_from_its_start()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = 2 });
        using var library = new SimulatedManagement(Talkative, Talkative with { Utilization = 5 });
        using var provider = new CudaDeviceProvider(() => new CudaDriver(simulation.Resolve), new CudaOptions(), TimeProvider.System, () => library.TryStart());
        _ = provider.GetDevices(out _);
        library.Set(1, Talkative with { Utilization = 25, EnergyMillijoules = 5_007_500 });

        Assert.Equal([0.75, 0.25], provider.Devices.Select(static device => device.ReadSensors().Utilization));
        Assert.Equal([0, 7.5], provider.Devices.Select(static device => device.ReadSensors().EnergyJoules));
        Assert.Equal(1, library.StartCount);
        foreach (var device in provider.Devices)
        {
            device.Dispose();
        }
    }

    [Fact]
    public void Without_a_GPU_nothing_is_monitored()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = 0 });
        using var library = new SimulatedManagement();
        using var provider = new CudaDeviceProvider(() => new CudaDriver(simulation.Resolve), new CudaOptions(), TimeProvider.System, () => library.TryStart());

        Assert.Empty(provider.GetDevices(out _));
        Assert.Equal(0, library.StartCount);
    }
}
