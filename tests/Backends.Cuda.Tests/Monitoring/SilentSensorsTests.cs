using Camshaft.Backends.Cuda.Monitoring;
using Camshaft.Testing;
using Camshaft.Testing.Cuda;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Backends.Cuda.Tests.Monitoring;

/// <summary>Calls of the management library that hang: who asks goes on, is told since when, and nobody ends the library under them.</summary>
public sealed class SilentSensorsTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);
    private static readonly SimulatedSensors Talkative = SimulatedGpus.Talkative;

    private readonly SimulatedManagement _library = new(Talkative, Talkative with { Uuid = "GPU-1" });
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly TestLog _log = new();
    private readonly GpuMonitor _monitor;
    private readonly GpuSensors _first;
    private readonly GpuSensors _second;

    public SilentSensorsTests()
    {
        _monitor = _library.CreateMonitor(_clock, _log);
        _first = _monitor.Watch(0, "0000:00:00.0");
        _second = _monitor.Watch(1, "0000:01:00.0");
        Assert.True(SpinWait.SpinUntil(() => _first.Read().TemperatureCelsius == 64 && _second.Read().TemperatureCelsius == 64, Timeout));
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _monitor.Dispose();
        _library.Dispose();
    }

    [Fact]
    public async Task A_reading_counts_for_ten_seconds_and_then_is_absent_since_the_call_that_hangs()
    {
        await HangAsync();
        await PassAsync(10);
        Assert.Equal(64, (await ReadAsync(_first)).TemperatureCelsius);
        Assert.Empty(_log.Entries);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(new AcceleratorReading { UniqueId = Talkative.Uuid, SilentSince = new DateTimeOffset(2026, 3, 1, 12, 0, 5, TimeSpan.Zero) }, await ReadAsync(_first));
        await PassAsync(3600);
        Assert.Equal(12, (await ReadAsync(_first)).SilentSince!.Value.Hour);
        var (level, message) = Assert.Single(_log.Entries);
        Assert.Equal(BackendLogLevel.Warning, level);
        Assert.StartsWith("The sensors of GPU 0 do not answer since 2026-03-01 12:00:05Z", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_tells_of_silence_though_nobody_asks()
    {
        await HangAsync();
        await PassAsync(15);

        Assert.Equal(BackendLogLevel.Warning, Assert.Single(_log.Entries).Level);
    }

    [Fact]
    public async Task Another_GPU_is_read_meanwhile()
    {
        await HangAsync();
        await PassAsync(11);
        _library.Set(1, Talkative with { Celsius = 80 });
        await PassAsync(5);
        await UntilAsync(_second, static reading => reading.TemperatureCelsius == 80);

        Assert.NotNull((await ReadAsync(_first)).SilentSince);
        Assert.Null((await ReadAsync(_second)).SilentSince);
    }

    [Fact]
    public async Task A_GPU_that_answers_again_is_read_again_and_the_log_says_so()
    {
        await HangAsync();
        await PassAsync(60);
        Assert.NotNull((await ReadAsync(_first)).SilentSince);
        _library.Set(0, Talkative with { Celsius = 41, EnergyMillijoules = Talkative.EnergyMillijoules + 2500 });
        _library.Release(0);

        // What came after a minute is not taken; what is asked next is.
        var reading = await UntilAsync(_first, static reading => reading.SilentSince is null);
        Assert.Equal((41, 2.5), (reading.TemperatureCelsius, reading.EnergyJoules));
        await _log.WaitForAsync("The sensors of GPU 0 answer again, after 60 s.", TestContext.Current.CancellationToken).WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.Equal(2, _log.Entries.Count);
    }

    [Fact]
    public async Task A_GPU_that_always_takes_too_long_stays_silent_and_fills_no_log()
    {
        await HangAsync();
        for (var i = 0; i < 3; i++)
        {
            await PassAsync(12);
            for (var readCount = _library.GetReadCount(0); _library.GetReadCount(0) == readCount; await UntilAsync(_second, _ => _library.Hangs(0)))
            {
                _library.Pass(0);
            }

            // The next reading has begun, and nobody knows yet how long it takes.
            await PassAsync(1);
            Assert.Equal(5, (await ReadAsync(_first)).SilentSince!.Value.Second);
        }

        Assert.Single(_log.Entries);
    }

    [Fact]
    public async Task The_end_waits_for_no_call_and_the_library_ends_after_the_last_one()
    {
        await HangAsync();
        await Task.Run(_monitor.Dispose, TestContext.Current.CancellationToken).WaitAsync(Timeout, TestContext.Current.CancellationToken);

        Assert.Equal(default, await ReadAsync(_first));
        Assert.True(_library.StartCount > 0);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(_log.Entries);
        _library.Release(0);
        await UntilAsync(_second, _ => _library.StartCount == 0);
    }

    private async Task HangAsync()
    {
        _library.Hold(0);
        _clock.Advance(GpuSensors.Period);
        await UntilAsync(_second, _ => _library.Hangs(0));
    }

    // No faster than the other GPU is read, so that its readings take no time.
    private async Task PassAsync(int seconds)
    {
        for (; seconds > 0; seconds -= 5)
        {
            var readCount = _library.GetReadCount(1);
            _clock.Advance(TimeSpan.FromSeconds(Math.Min(seconds, 5)));
            await UntilAsync(_second, _ => seconds < 5 || _library.GetReadCount(1) > readCount);
        }
    }

    // On a thread of its own: a reading that waits fails the test instead of hanging it.
    private static Task<AcceleratorReading> ReadAsync(GpuSensors sensors) => Task.Run(sensors.Read).WaitAsync(Timeout);

    private async Task<AcceleratorReading> UntilAsync(GpuSensors sensors, Func<AcceleratorReading, bool> condition)
    {
        var reading = await ReadAsync(sensors);
        for (var deadline = Environment.TickCount64 + (long)Timeout.TotalMilliseconds; !condition(reading); reading = await ReadAsync(sensors))
        {
            Assert.True(Environment.TickCount64 < deadline, $"It has not happened: {reading}.");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        return reading;
    }
}
