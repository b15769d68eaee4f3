using Camshaft.Backends;

namespace Camshaft.Engine.Tests.Batching;

public sealed class BatchFailureTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_bad_row_fails_alone(bool fillsAtOnce)
    {
        await using var batch = new BatchHarness(execute: static execution =>
            execution.GetInput(0).AsSpan<int>().Contains(13) ? throw new BackendException(StatusCode.InvalidArgument, "13 is not taken") : BatchHarness.AddOne(execution));
        await batch.BlockAsync();
        await batch.SendRowsAsync(fillsAtOnce, 11, 12, 13, 14, 15);

        var answers = await batch.FinishAsync();

        Assert.Equal([StatusCode.Ok, StatusCode.Ok, StatusCode.InvalidArgument, StatusCode.Ok, StatusCode.Ok], answers.Select(static answer => answer.Status.Code));
        Assert.Equal([12, 13, 15, 16], answers.Where(static answer => answer.Status.IsOk).Select(static answer => answer.Output[0]));
    }

    [Fact]
    public async Task A_backend_that_fails_every_run_is_asked_twice_for_each_request_at_most()
    {
        await using var batch = new BatchHarness(execute: static _ => throw new InvalidOperationException("out of order"));
        await batch.BlockAsync();
        await batch.SendRowsAsync(false, 1, 2, 3);

        var answers = await batch.FinishAsync();

        Assert.All(answers, static answer => Assert.Equal(StatusCode.Internal, answer.Status.Code));
        Assert.Equal([3, 1, 1, 1], batch.RunRows);
    }

    [Fact]
    public async Task An_output_that_is_not_as_long_as_the_batch_makes_its_requests_run_alone()
    {
        var signature = new ModelSignature([BatchHarness.Tensor("in", 0, -1, 1)], [BatchHarness.Tensor("out", 0, -1, -1)]);
        await using var batch = new BatchHarness(signature, static execution =>
        {
            BatchHarness.Write(execution.GetInput(0), execution.AllocateOutput(0, DataType.Int32, [1, execution.RowCount], execution.RowCount * sizeof(int)));
            return ExecutionState.Completed;
        });
        await batch.BlockAsync();
        foreach (var number in new[] { 1, 2, 3 })
        {
            batch.Send(await batch.PrepareAsync(false, ([1, 1], [number])));
        }

        var answers = await batch.FinishAsync();

        Assert.Equal([3, 1, 1, 1], batch.RunRows);
        Assert.Equal([2, 3, 4], answers.Select(static answer => answer.Output.Single()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Outputs_whose_shape_only_the_backend_knows_are_shared_out(bool isForeign)
    {
        var (given, released) = (0, 0);
        var signature = new ModelSignature([BatchHarness.Tensor("in", 0, -1, 1)], [BatchHarness.Tensor("out", 0, -1, -1)]);
        await using (var batch = new BatchHarness(signature, execution =>
        {
            var input = execution.GetInput(0);
            if (!isForeign)
            {
                BatchHarness.Write(input, execution.AllocateOutput(0, DataType.Int32, [execution.RowCount, 1], input.Bytes.Length));
                return ExecutionState.Completed;
            }

            given++;
            var memory = System.Runtime.InteropServices.Marshal.AllocHGlobal(input.Bytes.Length);
            BatchHarness.Write(input, new TensorView(DataType.Int32, input.Shape, MemoryKind.Host, memory, input.Bytes.Length));
            execution.SetForeignOutput(0, DataType.Int32, [execution.RowCount, 1], memory, input.Bytes.Length, Release, memory);
            return ExecutionState.Completed;
        }))
        {
            await batch.BlockAsync();
            foreach (var number in new[] { 1, 2, 3 })
            {
                batch.Send(await batch.PrepareAsync(true, ([1, 1], [number])));
            }

            var answers = await batch.FinishAsync();

            Assert.Equal([2, 3, 4], answers.Select(static answer => answer.Output.Single()));
        }

        Assert.Equal(isForeign, given > 0);
        Assert.Equal(given, released);

        void Release(nint memory)
        {
            Interlocked.Increment(ref released);
            System.Runtime.InteropServices.Marshal.FreeHGlobal(memory);
        }
    }

    [Fact]
    public async Task A_cancelled_row_splits_the_range_and_takes_nobody_with_it()
    {
        await using var batch = new BatchHarness();
        await batch.BlockAsync();
        await batch.SendRowsAsync(true, 1, 2, 3);
        var cancelled = batch.Send(await batch.PrepareAsync(true, ([1, 4], [0, 0, 0, 0])));
        await batch.SendRowsAsync(true, 5, 6, 7);

        cancelled.Handle.Cancel();
        var answers = await batch.FinishAsync();

        Assert.Equal(StatusCode.Cancelled, answers[3].Status.Code);
        Assert.Equal([2, 3, 4, 6, 7, 8], answers.Where(static answer => answer.Status.IsOk).Select(static answer => answer.Output[0]));
        Assert.Equal(6, batch.RunRows.Sum());
    }

    [Fact]
    public async Task A_run_is_ended_only_when_nobody_of_its_batch_waits_any_more()
    {
        using var entered = new SemaphoreSlim(0);
        await using var batch = new BatchHarness(execute: execution =>
        {
            entered.Release();
            execution.CancellationToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
            execution.CancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException("Nobody ended the run.");
        });
        await batch.BlockAsync();
        var first = batch.Send(await batch.PrepareAsync(false, ([1, 4], [1, 1, 1, 1])));
        var second = batch.Send(await batch.PrepareAsync(false, ([1, 4], [2, 2, 2, 2])));
        var finish = batch.FinishAsync();
        Assert.True(await entered.WaitAsync(TimeSpan.FromSeconds(30)));

        first.Handle.Cancel();
        Assert.False(finish.IsCompleted);
        second.Handle.Cancel(StatusCode.DeadlineExceeded);

        var answers = await finish;
        Assert.Equal([2], batch.RunRows);
        Assert.Equal([StatusCode.Cancelled, StatusCode.DeadlineExceeded], answers.Select(static answer => answer.Status.Code));
    }

    [Fact]
    public async Task A_request_given_up_before_it_was_sent_leaves_a_hole_and_nothing_else()
    {
        await using var batch = new BatchHarness();
        await batch.BlockAsync();
        await batch.SendRowsAsync(true, 1, 2, 3);
        (await batch.PrepareAsync(true, ([1, 4], [0, 0, 0, 0]))).Dispose();
        await batch.SendRowsAsync(true, 5, 6);

        var answers = await batch.FinishAsync();

        Assert.Equal([2, 3, 4, 6, 7], answers.Select(static answer => answer.Output[0]));
    }
}
