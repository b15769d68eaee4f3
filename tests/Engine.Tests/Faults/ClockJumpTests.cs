using Camshaft.Backends;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Faults;

/// <summary>The clock of the machine is set to another time, or the machine slept: what waits and what runs goes on as it should.</summary>
public sealed class ClockJumpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WallClock _clock = new();

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_wall_clock_that_is_set_ends_no_request_and_keeps_none(int days)
    {
        var gate = new Gate();
        await using var harness = new Harness(gate.Execute, laneCount: 1, timeProvider: _clock);
        using var running = await harness.PrepareAsync(null, 1);
        var first = running.RunAsync().AsTask();
        await gate.EnteredAsync();
        using var waiting = await harness.PrepareAsync(null, 2);
        waiting.SetTimeout(TimeSpan.FromSeconds(1));
        var second = waiting.RunAsync().AsTask();

        _clock.Error = TimeSpan.FromDays(days);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.False(second.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(StatusCode.DeadlineExceeded, (await second.WaitAsync(Patience)).Code);
        gate.Open();
        Harness.Expect(await first.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_machine_that_slept_ends_what_is_late_by_then_and_nothing_else()
    {
        var gate = new Gate();
        await using var harness = new Harness(gate.Execute, laneCount: 1, timeProvider: _clock);
        var running = await harness.PrepareAsync(null, 1);
        var first = running.RunAsync().AsTask();
        await gate.EnteredAsync();
        using var late = await harness.PrepareAsync(null, 2);
        late.SetTimeout(TimeSpan.FromMinutes(1));
        using var patient = await harness.PrepareAsync(null, 3);
        var (second, third) = (late.RunAsync().AsTask(), patient.RunAsync().AsTask());

        _clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(StatusCode.DeadlineExceeded, (await second.WaitAsync(Patience)).Code);
        gate.Open(2);
        Harness.Expect(await first.WaitAsync(Patience));
        Harness.Expect(await third.WaitAsync(Patience));
        running.Dispose();
        Assert.Equal(2, harness.Model.Recorder.GetStatistics(RequestStage.Run).Sum.TotalDays, 0.01);
    }

    /// <summary>A machine's clocks: the time of day, which can be set, and the one that counts what passes.</summary>
    private sealed class WallClock : TimeProvider
    {
        private readonly FakeTimeProvider _steady = new();

        public TimeSpan Error { get; set; }

        public override long TimestampFrequency => _steady.TimestampFrequency;

        public void Advance(TimeSpan time) => _steady.Advance(time);

        public override DateTimeOffset GetUtcNow() => _steady.GetUtcNow() + Error;

        public override long GetTimestamp() => _steady.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _steady.CreateTimer(callback, state, dueTime, period);
    }
}
