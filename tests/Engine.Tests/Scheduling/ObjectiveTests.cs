using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Scheduling;

/// <summary>What a model's objective does to its requests in a real scheduler: one core, runs of 5 ms, on a clock that the test moves.</summary>
public sealed class ObjectiveTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock = new();
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_request_that_would_be_late_is_refused_with_a_time_to_come_back()
    {
        await using var harness = CreateHarness(latencyMilliseconds: 11);
        using var running = await harness.PrepareAsync(null, 1);
        using var waiting = await harness.PrepareAsync(null, 2);
        using var refused = await harness.PrepareAsync(null, 3);
        var first = running.RunAsync();
        await _gate.EnteredAsync();
        var second = waiting.RunAsync();

        var status = await refused.RunAsync();
        Assert.Equal(StatusCode.Unavailable, status.Code);
        Assert.InRange(status.RetryAfter!.Value, TimeSpan.FromTicks(1), TimeSpan.FromMilliseconds(5));
        _gate.Open(2);
        Harness.Expect(await first);
        Harness.Expect(await second);
    }

    [Fact]
    public async Task Late_requests_are_dropped_until_one_is_left_alone()
    {
        await using var harness = CreateHarness(latencyMilliseconds: 100);
        using var running = await harness.PrepareAsync(null, 1);
        using var late = await harness.PrepareAsync(null, 2);
        using var last = await harness.PrepareAsync(null, 3);
        var first = running.RunAsync();
        await _gate.EnteredAsync();
        var second = late.RunAsync().AsTask();
        var third = last.RunAsync().AsTask();
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        _gate.Open(2);
        Harness.Expect(await first);

        var status = await second.WaitAsync(Patience);
        Assert.Equal(StatusCode.Unavailable, status.Code);
        Assert.NotNull(status.RetryAfter);
        Harness.Expect(await third.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_model_that_serves_late_answers_every_request()
    {
        await using var harness = CreateHarness(latencyMilliseconds: 12, OverloadMode.Serve);
        using var running = await harness.PrepareAsync(null, 1);
        using var late = await harness.PrepareAsync(null, 2);
        using var later = await harness.PrepareAsync(null, 3);
        var first = running.RunAsync();
        await _gate.EnteredAsync();
        var second = late.RunAsync().AsTask();
        var third = later.RunAsync().AsTask();
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        _gate.Open(3);

        Harness.Expect(await first);
        Harness.Expect(await second.WaitAsync(Patience));
        Harness.Expect(await third.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_request_whose_deadline_is_shorter_than_a_run_is_refused()
    {
        await using var harness = CreateHarness(latencyMilliseconds: 100);
        using var running = await harness.PrepareAsync(null, 1);
        using var hurried = await harness.PrepareAsync(null, 2);
        hurried.SetTimeout(TimeSpan.FromMilliseconds(3));
        var first = running.RunAsync();
        await _gate.EnteredAsync();

        Assert.Equal(StatusCode.Unavailable, (await hurried.RunAsync()).Code);
        _gate.Open();
        Harness.Expect(await first);
    }

    [Fact]
    public async Task A_tight_objective_bounds_the_batches_beside_it()
    {
        await using var harness = CreateHarness(latencyMilliseconds: 12);
        var beside = harness.AddModel(
            new FakeModel(Batching.BatchHarness.Rows, Harness.Copy),
            maxRows: 8,
            costs: [Cost(1, 2), Cost(2, 3), Cost(4, 5), Cost(8, 9)]);
        var planner = new BatchPlanner(beside.Configuration, 8, [Cost(1, 2), Cost(2, 3), Cost(4, 5), Cost(8, 9)], harness.Scheduler.TicksPerSecond);
        var queue = harness.Scheduler.AddQueue(beside.Queues.Share, planner);

        Assert.Equal(8, new BatchPlanner(beside.Configuration, 8, [Cost(1, 2), Cost(8, 9)], harness.Scheduler.TicksPerSecond).Plan.TargetRows);
        Assert.InRange(harness.Scheduler.GetState(queue).Plan.TargetRows, 4, 5);
        harness.Scheduler.RemoveQueue(queue);
        beside.BeginDraining();
        await beside.UnloadAsync().WaitAsync(Patience);

        static Engine.Batching.RunCost Cost(int rows, double milliseconds) => new(rows, TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromMilliseconds(milliseconds));
    }

    private Harness CreateHarness(double latencyMilliseconds, OverloadMode overload = OverloadMode.Shed) => new(
        _gate.Execute,
        layout: new LaneLayout(1, HasClasses: true, 1),
        policy: new DeadlinePolicy(_clock.TimestampFrequency),
        timeProvider: _clock,
        scheduling: new ModelScheduling { Objective = new LatencyObjective(TimeSpan.FromMilliseconds(latencyMilliseconds)), Overload = overload },
        costs: Harness.Takes(5));
}
