using Camshaft.Backends.Cuda.Devices;
using Camshaft.Testing;
using Camshaft.Testing.Cuda;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Backends.Cuda.Tests.Monitoring;

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

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_reading_has_what_the_library_says_and_its_energy_counts_from_the_first()
    {
        using var library = new SimulatedManagement(Talkative);
        using var monitor = library.CreateMonitor(_clock);
        var sensors = monitor.Watch(0, "0000:00:00.0");
        await UntilAsync(() => sensors.Read().EnergyJoules == 0);
        library.Set(0, Talkative with { EnergyMillijoules = 5_007_500 });
        _clock.Advance(TimeSpan.FromSeconds(5));
        await UntilAsync(() => sensors.Read().EnergyJoules > 0);

        Assert.Equal(
            new AcceleratorReading
            {
                UniqueId = "GPU-00000000-1111-2222-3333-444444444444",
                Utilization = 0.75,
                MemoryByteSize = 4000,
                UsedMemoryByteSize = 1000,
                PowerWatts = 250.5,
                PowerLimitWatts = 700,
                EnergyJoules = 7.5,
                TemperatureCelsius = 61,
            },
            sensors.Read());
    }

    [Fact]
    public async Task Who_asks_has_an_old_reading_made_anew()
    {
        using var library = new SimulatedManagement(Talkative);
        using var monitor = library.CreateMonitor(_clock);
        var sensors = monitor.Watch(0, "0000:00:00.0");
        await UntilAsync(() => sensors.Read().TemperatureCelsius == 61);
        for (var i = 0; i < 3; i++)
        {
            _ = sensors.Read();
        }

        Assert.Equal(1, library.GetReadCount(0));
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(1, library.GetReadCount(0));
        _ = sensors.Read();
        await UntilAsync(() => library.GetReadCount(0) == 2);
    }

    [Fact]
    public async Task What_a_GPU_does_not_tell_is_missing()
    {
        using var library = new SimulatedManagement(new SimulatedSensors(), new SimulatedSensors { Celsius = 61 });
        using var monitor = library.CreateMonitor(_clock);
        var (nothing, temperature, elsewhere) = (monitor.Watch(0, "0000:00:00.0"), monitor.Watch(1, "0000:01:00.0"), monitor.Watch(2, "0000:99:00.0"));
        await UntilAsync(() => library.GetReadCount(0) > 0 && temperature.Read() != default);

        Assert.Equal(default, nothing.Read());
        Assert.Equal(new AcceleratorReading { TemperatureCelsius = 61 }, temperature.Read());
        Assert.Equal(default, elsewhere.Read());
    }

    [Theory]
    [InlineData("nvmlDeviceGetTemperature")]
    [InlineData("nvmlDeviceGetUUID")]
    [InlineData("nvmlDeviceGetPowerManagementLimit")]
    [InlineData("nvmlDeviceGetTotalEnergyConsumption")]
    public async Task A_library_that_lacks_a_function_is_none(string function)
    {
        var log = new TestLog();
        using var library = new SimulatedManagement(Talkative);
        using var monitor = library.CreateMonitor(_clock, log, missing: function);
        var sensors = monitor.Watch(0, "0000:00:00.0");
        await UntilAsync(() => sensors.HasEnded);
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(default, sensors.Read());
        Assert.Equal(0, library.StartCount);
        Assert.Empty(log.Entries);
    }

    [Fact]
    public async Task A_monitor_ends_once_and_reads_nothing_after()
    {
        using var library = new SimulatedManagement(Talkative);
        var monitor = library.CreateMonitor(_clock);
        var sensors = monitor.Watch(0, "0000:00:00.0");
        await UntilAsync(() => sensors.Read() != default);
        monitor.Dispose();
        monitor.Dispose();

        Assert.Equal(default, sensors.Read());
        await UntilAsync(() => library.StartCount == 0);
    }

    [Fact]
    public async Task A_device_reads_its_own_sensors_as_long_as_it_lives()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = 2 });
        using var library = new SimulatedManagement(Talkative, Talkative with { Utilization = 5 });
        using var provider = new CudaDeviceProvider(() => new CudaDriver(simulation.Resolve), new CudaOptions(), _clock, library.CreateMonitor(_clock));
        _ = provider.GetDevices(out _);

        await UntilAsync(() => provider.Devices.All(static device => device.ReadSensors() != default));
        Assert.Equal([0.75, 0.05], provider.Devices.Select(static device => device.ReadSensors().Utilization));
        foreach (var device in provider.Devices)
        {
            device.Dispose();
        }

        await UntilAsync(() => library.StartCount == 0);
        Assert.Equal(default, provider.Devices[0].ReadSensors());
    }

    [Fact]
    public void Without_a_GPU_nothing_is_monitored()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = 0 });
        using var library = new SimulatedManagement();
        using var provider = new CudaDeviceProvider(() => new CudaDriver(simulation.Resolve), new CudaOptions(), _clock, library.CreateMonitor(_clock));

        Assert.Empty(provider.GetDevices(out _));
        Assert.Equal(0, library.StartCount);
    }

    [Fact]
    public async Task Who_asks_takes_no_memory()
    {
        using var library = new SimulatedManagement(Talkative);
        using var monitor = library.CreateMonitor(_clock);
        var sensors = monitor.Watch(0, "0000:00:00.0");
        await UntilAsync(() => sensors.Read() != default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _ = sensors.Read();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var deadline = Environment.TickCount64 + 60_000; !condition();)
        {
            Assert.True(Environment.TickCount64 < deadline, "It has not happened within a minute.");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
