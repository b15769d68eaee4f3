using Camshaft.Backends;
using Camshaft.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Scheduling;

public sealed class DeadlineWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Gate _gate = new();

    [Fact]
    public async Task A_request_with_an_earlier_deadline_than_those_before_it_ends_first()
    {
        var clock = new FakeTimeProvider();
        await using var harness = new Harness(_gate.Execute, laneCount: 1, timeProvider: clock);
        using var running = await harness.PrepareAsync(null, 1);
        var first = running.RunAsync();
        await _gate.EnteredAsync();
        using var patient = await harness.PrepareAsync(null, 2);
        patient.SetTimeout(TimeSpan.FromMinutes(5));
        var second = patient.RunAsync().AsTask();
        using var urgent = await harness.PrepareAsync(null, 3);
        urgent.SetTimeout(TimeSpan.FromMilliseconds(20));
        var third = urgent.RunAsync().AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(21));
        Assert.Equal(StatusCode.DeadlineExceeded, (await third.WaitAsync(Patience)).Code);
        Assert.False(second.IsCompleted);

        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(StatusCode.DeadlineExceeded, (await second.WaitAsync(Patience)).Code);
        _gate.Open();
        Harness.Expect(await first);
    }

    [Fact]
    public async Task A_deadline_beyond_what_a_timer_takes_is_kept_too()
    {
        var clock = new FakeTimeProvider();
        await using var harness = new Harness(_gate.Execute, laneCount: 1, timeProvider: clock);
        using var running = await harness.PrepareAsync(null, 1);
        var first = running.RunAsync();
        await _gate.EnteredAsync();
        using var request = await harness.PrepareAsync(null, 1);
        request.SetTimeout(TimeSpan.FromDays(60));
        var answer = request.RunAsync().AsTask();
        clock.Advance(TimeSpan.FromDays(59));
        Assert.False(answer.IsCompleted);

        clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(StatusCode.DeadlineExceeded, (await answer.WaitAsync(Patience)).Code);
        _gate.Open();
        Harness.Expect(await first);
    }

    [Fact]
    public async Task Requests_that_meet_their_deadlines_wake_nobody()
    {
        var clock = new CountingTimeProvider();
        await using var harness = new Harness(timeProvider: clock);
        for (var i = 0; i < 3; i++)
        {
            using var request = await harness.PrepareAsync(null, 1);
            request.SetTimeout(TimeSpan.FromMinutes(5));
            Harness.Expect(await request.RunAsync());
        }

        Assert.Equal(1, clock.TimersSet);
    }
}
