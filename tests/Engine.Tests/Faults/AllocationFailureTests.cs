using Camshaft.Backends;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Models;
using Camshaft.Engine.Tests.Batching;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Faults;

/// <summary>The system has no memory left, at each place where the engine asks for some. The harness finds what is not given back.</summary>
public sealed class AllocationFailureTests
{
    private const string NoMemory = "Model 'fake' version 1: the system has no memory left for the request's tensors.";

    private readonly ScarceMemorySource _source = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_request_that_gets_no_memory_for_its_tensors_is_told_and_the_next_one_runs(int allocationsThatWork)
    {
        await using var harness = new Harness(memorySource: _source);
        using (var request = harness.Model.TryCreateRequest()!)
        {
            Harness.Expect(request.DeclareInput(0, DataType.Int32, [1], sizeof(int)));
            Keep(harness, allocationsThatWork);
            _source.Refuse(1);

            var status = await request.ReserveAsync(CancellationToken.None);

            Assert.Equal((StatusCode.ResourceExhausted, NoMemory), (status.Code, status.Message));
        }

        Assert.Equal(7, Assert.Single(await harness.RunAsync(7)));
        Assert.Equal(1, harness.Model.Recorder.GetCount(StatusCode.ResourceExhausted));
    }

    [Fact]
    public async Task A_run_that_gets_no_memory_for_an_output_fails_alone()
    {
        var signature = new ModelSignature(Harness.Identity.Inputs, [new TensorSpec("out", DataType.Int32, new Shape(-1))]);
        await using var harness = new Harness(
            static execution =>
            {
                execution.GetInput(0).Bytes.CopyTo(execution.AllocateOutput(0, DataType.Int32, [1], sizeof(int)).Bytes);
                return ExecutionState.Completed;
            },
            signature,
            memorySource: _source);
        using (var request = await harness.PrepareAsync(null, 1))
        {
            _source.Refuse(1);
            Assert.Equal(NoMemory, (await request.RunAsync()).Message);
        }

        Assert.Equal(2, Assert.Single(await harness.RunAsync(2)));
        Assert.Equal(ModelState.Ready, harness.Model.State);
        Assert.Equal(1, harness.Backend.InstancesMade);
    }

    [Fact]
    public async Task A_batch_that_cannot_be_brought_together_runs_request_by_request()
    {
        // A block for all rows is of no size that anybody else gives back meanwhile.
        const int width = 1024;
        var signature = new ModelSignature([BatchHarness.Tensor("in", 0, -1, width)], [BatchHarness.Tensor("out", 0, -1, width)]);
        await using var batch = new BatchHarness(signature, memorySource: _source);
        await batch.BlockAsync();
        foreach (var number in new[] { 1, 2, 3 })
        {
            batch.Send(await batch.PrepareAsync(fillsAtOnce: false, ([1, width], [.. Enumerable.Repeat(number, width)])));
        }

        _source.Refuse(1);

        var answers = await batch.FinishAsync();

        Assert.All(answers, static answer => Harness.Expect(answer.Status));
        Assert.Equal([2, 3, 4], answers.Select(static answer => answer.Output[0]));
        Assert.Equal([1, 1, 1], batch.RunRows);
    }

    [Fact]
    public async Task A_slab_that_cannot_be_had_leaves_requests_with_memory_of_their_own()
    {
        await using var batch = new BatchHarness(memorySource: _source);
        await batch.BlockAsync();

        // Slabs are for those who do not come first.
        await batch.SendRowsAsync(fillsAtOnce: true, 2);
        _source.Refuse(1);
        var refused = batch.Send(await batch.PrepareAsync(fillsAtOnce: true, ([1, 4], [3, 3, 3, 3])));
        var next = batch.Send(await batch.PrepareAsync(fillsAtOnce: true, ([1, 4], [4, 4, 4, 4])));
        Assert.Null(refused.Slab);
        Assert.NotNull(next.Slab);

        var answers = await batch.FinishAsync();

        Assert.All(answers, static answer => Harness.Expect(answer.Status));
        Assert.Equal([3, 4, 5], answers.Select(static answer => answer.Output[0]));
    }

    // A block that was returned is kept, and the next of its size needs no allocation.
    private static void Keep(Harness harness, int blocks)
    {
        for (var i = 0; i < blocks; i++)
        {
            Assert.True(harness.Memory.TryRent(sizeof(int), MemoryPurpose.Input, out var buffer));
            buffer.Dispose();
        }
    }
}
