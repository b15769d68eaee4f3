using System.Collections.Concurrent;
using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration.WarmUp;
using Camshaft.Engine.Tests.Batching;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Orchestration;

public sealed class ModelWarmUpTests
{
    [Fact]
    public async Task Batches_of_every_power_of_two_are_run_with_inputs_of_that_size()
    {
        var rows = new ConcurrentQueue<(int Rows, long Length)>();
        await using var harness = new Harness(
            execution =>
            {
                rows.Enqueue((execution.RowCount, execution.GetInput(0).Shape[0]));
                return BatchHarness.AddOne(execution);
            },
            BatchHarness.Rows);

        var (costs, failure) = ModelWarmUp.Run(harness.Loaded, harness.Model);

        Harness.Expect(failure);
        Assert.Equal([1, 2, 4, 8, 16, 32], costs.Select(static cost => cost.Rows));
        Assert.All(rows, static run => Assert.Equal(run.Rows, run.Length));
        Assert.All(costs, static cost => Assert.True(cost.Wall > TimeSpan.Zero));
    }

    [Fact]
    public async Task A_model_whose_requests_do_not_join_runs_one_row_alone()
    {
        var most = 0;
        await using var harness = new Harness(execution =>
        {
            most = Math.Max(most, execution.RowCount);
            return Harness.Copy(execution);
        });

        Assert.Single(ModelWarmUp.Run(harness.Loaded, harness.Model).Costs);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Warm_up_runs_are_no_requests()
    {
        await using var harness = new Harness(BatchHarness.AddOne, BatchHarness.Rows);

        ModelWarmUp.Run(harness.Loaded, harness.Model);

        Assert.Equal(0, harness.Model.Recorder.GetCount(StatusCode.Ok));
        Assert.Equal(0, harness.Model.Recorder.Executions);
        Assert.Equal(0, harness.Model.LeaseCount);
    }

    [Fact]
    public async Task A_model_that_refuses_made_up_inputs_says_so_and_can_serve()
    {
        await using var harness = new Harness(static execution =>
            execution.GetInput(0).AsSpan<int>()[0] == 0 ? throw new BackendException(StatusCode.InvalidArgument, "0 is not taken") : Harness.Copy(execution));

        var (costs, failure) = ModelWarmUp.Run(harness.Loaded, harness.Model);

        Assert.Empty(costs);
        Assert.Equal("0 is not taken", failure.Message);
        Assert.Equal(1, Assert.Single(await harness.RunAsync(1)));
    }

    [Fact]
    public async Task A_model_that_cannot_take_larger_batches_is_measured_as_far_as_it_can()
    {
        await using var harness = new Harness(
            static execution => execution.RowCount > 4 ? throw new BackendException(StatusCode.InvalidArgument, "too many") : BatchHarness.AddOne(execution),
            BatchHarness.Rows);

        var (costs, failure) = ModelWarmUp.Run(harness.Loaded, harness.Model);

        Harness.Expect(failure);
        Assert.Equal([1, 2, 4], costs.Select(static cost => cost.Rows));
    }

    [Fact]
    public async Task Runs_that_end_later_are_waited_for()
    {
        await using var harness = new Harness(
            static execution =>
            {
                BatchHarness.AddOne(execution);
                _ = Task.Run(execution.Complete);
                return ExecutionState.Pending;
            },
            BatchHarness.Rows);

        Assert.Equal(6, ModelWarmUp.Run(harness.Loaded, harness.Model).Costs.Count);
        Assert.Equal(ModelState.Ready, harness.Model.State);
    }
}
