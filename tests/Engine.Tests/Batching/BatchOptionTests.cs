using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Batching;

public sealed class BatchOptionTests
{
    [Fact]
    public async Task A_batch_that_is_not_full_waits_for_as_long_as_it_is_told_to()
    {
        var clock = new FakeTimeProvider();
        await using var batch = new BatchHarness(maxRows: 4, batching: new BatchingConfiguration { MaxQueueDelay = TimeSpan.FromSeconds(5) }, timeProvider: clock);
        await batch.BlockAsync();
        await batch.SendRowsAsync(false, 1, 2);
        var answers = batch.FinishAsync();
        await batch.SettledAsync();
        Assert.Empty(batch.RunRows);

        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([2, 3], (await answers).Select(static answer => answer.Output[0]));
        Assert.Equal([2], batch.RunRows);
    }

    [Fact]
    public async Task The_wait_for_a_lane_and_the_wait_for_others_are_told_apart()
    {
        var clock = new FakeTimeProvider();
        await using var batch = new BatchHarness(maxRows: 4, batching: new BatchingConfiguration { MaxQueueDelay = TimeSpan.FromSeconds(5) }, timeProvider: clock);
        await batch.BlockAsync();
        await batch.SendRowsAsync(false, 1);
        clock.Advance(TimeSpan.FromSeconds(2));
        var answers = batch.FinishAsync();
        await batch.SettledAsync();
        clock.Advance(TimeSpan.FromSeconds(3));
        await answers;

        Assert.Equal(TimeSpan.FromSeconds(2), batch.Model.Recorder.GetStatistics(RequestStage.Queue).Sum);
        Assert.Equal(TimeSpan.FromSeconds(3), batch.Model.Recorder.GetStatistics(RequestStage.BatchWait).Sum);
    }

    [Fact]
    public async Task A_full_batch_does_not_wait()
    {
        await using var batch = new BatchHarness(maxRows: 2, batching: new BatchingConfiguration { MaxQueueDelay = TimeSpan.FromSeconds(10) }, timeProvider: new FakeTimeProvider());
        await batch.BlockAsync();
        await batch.SendRowsAsync(false, 1, 2, 3, 4);

        Assert.Equal([2, 3, 4, 5], (await batch.FinishAsync()).Select(static answer => answer.Output[0]));
        Assert.Equal([2, 2], batch.RunRows);
    }

    [Fact]
    public async Task Preferred_sizes_are_formed_before_others()
    {
        await using var batch = new BatchHarness(maxRows: 8, batching: new BatchingConfiguration { PreferredBatchSizes = [3] });
        await batch.BlockAsync();
        await batch.SendRowsAsync(false, [.. Enumerable.Range(0, 7)]);

        await batch.FinishAsync();

        Assert.Equal([3, 3, 1], batch.RunRows);
    }

    [Fact]
    public async Task Higher_priorities_run_first_and_the_unnamed_one_is_in_the_middle()
    {
        await using var batch = new BatchHarness(maxRows: 1, batching: new BatchingConfiguration { PriorityLevels = 3 });
        await batch.BlockAsync();
        foreach (var (priority, number) in new (ulong, int)[] { (3, 30), (0, 20), (1, 10), (2, 21), (9, 31), (1, 11) })
        {
            var request = await batch.PrepareAsync(false, ([1, 4], [number, number, number, number]));
            request.Priority = priority;
            batch.Send(request);
        }

        await batch.FinishAsync();

        Assert.Equal([10, 11, 20, 21, 30, 31], batch.FirstNumbers);
    }
}
