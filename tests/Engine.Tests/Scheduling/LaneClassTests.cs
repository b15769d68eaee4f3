using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Scheduling;

/// <summary>The lanes of processors, by class of run length, in a real scheduler.</summary>
public sealed class LaneClassTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Gate _gate = new();

    [Fact]
    public async Task A_short_run_does_not_wait_for_long_ones()
    {
        await using var harness = CreateHarness(cores: 1, Harness.Copy, milliseconds: 0.1);
        var slow = AddModel(harness, milliseconds: 50);
        var running = await harness.PrepareAsync(slow, 1);
        var waiting = await harness.PrepareAsync(slow, 2);
        var first = running.RunAsync();
        var second = waiting.RunAsync();
        await _gate.EnteredAsync();

        Assert.Equal(7, Assert.Single(await harness.RunAsync(7).WaitAsync(Patience)));
        Assert.Equal((1, 1), (harness.Scheduler.GetState(slow.Queues.Alone).Running, harness.Scheduler.GetState(slow.Queues.Alone).Depth));
        _gate.Open(2);
        Harness.Expect(await first);
        Harness.Expect(await second);
        running.Dispose();
        waiting.Dispose();
        await UnloadAsync(slow);
    }

    [Fact]
    public async Task Medium_and_long_runs_together_are_one_more_than_the_cores()
    {
        await using var harness = CreateHarness(cores: 2, Harness.Copy, milliseconds: 0.1);
        var medium = AddModel(harness, milliseconds: 5);
        var slow = AddModel(harness, milliseconds: 50);
        var requests = new[] { await harness.PrepareAsync(medium, 1), await harness.PrepareAsync(medium, 2), await harness.PrepareAsync(slow, 3), await harness.PrepareAsync(slow, 4) };
        var answers = requests.Select(static request => request.RunAsync().AsTask()).ToArray();
        for (var i = 0; i < 3; i++)
        {
            await _gate.EnteredAsync();
        }

        Assert.Equal(3, harness.Scheduler.GetState(medium.Queues.Alone).Running + harness.Scheduler.GetState(slow.Queues.Alone).Running);
        _gate.Open();
        await _gate.EnteredAsync();
        _gate.Open(3);
        Assert.All(await Task.WhenAll(answers).WaitAsync(Patience), Harness.Expect);
        Array.ForEach(requests, static request => request.Dispose());
        await UnloadAsync(medium);
        await UnloadAsync(slow);
    }

    [Fact]
    public async Task More_cores_bring_more_lanes_and_fewer_cores_leave_lanes_free()
    {
        await using var harness = CreateHarness(cores: 1, Harness.Copy, milliseconds: 0.1);
        var slow = AddModel(harness, milliseconds: 50);
        var requests = new[] { await harness.PrepareAsync(slow, 1), await harness.PrepareAsync(slow, 2), await harness.PrepareAsync(slow, 3) };
        var answers = requests.Select(static request => request.RunAsync().AsTask()).ToArray();
        await _gate.EnteredAsync();
        harness.Scheduler.Resize(processors: 2);
        await _gate.EnteredAsync();
        harness.Scheduler.Resize(processors: 1);
        _gate.Open();
        await Task.WhenAny(answers).WaitAsync(Patience);

        Assert.Equal((1, 1), (harness.Scheduler.GetState(slow.Queues.Alone).Running, harness.Scheduler.GetState(slow.Queues.Alone).Depth));
        _gate.Open(2);
        Assert.All(await Task.WhenAll(answers).WaitAsync(Patience), Harness.Expect);
        Array.ForEach(requests, static request => request.Dispose());
        await UnloadAsync(slow);
    }

    [Fact]
    public async Task A_run_that_takes_another_time_than_was_thought_moves_to_other_lanes()
    {
        await using var harness = CreateHarness(cores: 1, Harness.Copy, milliseconds: null);
        Assert.Equal(LaneClass.Medium, harness.Scheduler.GetState(harness.Model.Queues.Alone).Plan.LaneClass);
        await harness.RunAsync(1);

        Assert.Equal(LaneClass.Short, harness.Scheduler.GetState(harness.Model.Queues.Alone).Plan.LaneClass);
    }

    [Fact]
    public async Task Medium_and_long_lanes_yield_and_nothing_that_they_started_does()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Nice values of threads are Linux's.");
        await using var harness = CreateHarness(cores: 2, Harness.Copy, milliseconds: 0.1);
        var medium = AddModel(harness, milliseconds: 5, Harness.Copy);
        var slow = AddModel(harness, milliseconds: 50, Harness.Copy);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            using var request = await harness.PrepareAsync((i % 3) switch { 0 => medium, 1 => slow, _ => harness.Model }, i);
            Harness.Expect(await request.RunAsync());
        }));
        var threads = ProcessThreads.List();

        // Linux keeps 15 letters of a name.
        Assert.All(["camshaft-medium", "camshaft-long-"], name => Assert.Contains(threads, thread => thread.Name.StartsWith(name, StringComparison.Ordinal)));
        Assert.All(threads.Where(static thread => !IsAnotherTests(thread.Name)), static thread => Assert.Equal(ExpectNice(thread.Name), thread.Nice));
        await UnloadAsync(medium);
        await UnloadAsync(slow);
    }

    private static Harness CreateHarness(int cores, Func<ModelExecution, ExecutionState> execute, double? milliseconds) => new(
        execute,
        layout: new LaneLayout(cores, HasClasses: true, cores),
        policy: new SizeClassPolicy(),
        queueLimit: 1000,
        costs: milliseconds is { } value ? Harness.Takes(value) : null);

    private static int ExpectNice(string name) =>
        name.StartsWith("camshaft-medium", StringComparison.Ordinal) || name.StartsWith("camshaft-long-", StringComparison.Ordinal) ? ThreadNice.Background
        : name.StartsWith("camshaft-backgr", StringComparison.Ordinal) ? ThreadNice.Last
        : 0;

    // Loads that run beside this test, what tests of nice values make, and the compiler of hot methods, which the runtime
    // starts on whatever thread needs it and ends again.
    private static bool IsAnotherTests(string name) => name.StartsWith("camshaft-load", StringComparison.Ordinal)
        || name.StartsWith("test-", StringComparison.Ordinal) || name.StartsWith(".NET Tiered", StringComparison.Ordinal);

    private static async Task UnloadAsync(ModelVersion model)
    {
        model.BeginDraining();
        await model.UnloadAsync().WaitAsync(Patience);
    }

    private ModelVersion AddModel(Harness harness, double milliseconds, Func<ModelExecution, ExecutionState>? execute = null) =>
        harness.AddModel(new FakeModel(Harness.Identity, execute ?? _gate.Execute), queueLimit: 1000, costs: Harness.Takes(milliseconds));
}
