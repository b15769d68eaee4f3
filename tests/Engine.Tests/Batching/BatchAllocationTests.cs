#if !DEBUG
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Batching;

/// <summary>What batches take of the managed heap. Alone, since it measures the process; optimised code only.</summary>
[CollectionDefinition(nameof(BatchAllocationTests), DisableParallelization = true)]
[Collection(nameof(BatchAllocationTests))]
public sealed class BatchAllocationTests
{
    private const int Together = 32;
    private const int Rounds = 50;
    private const int Attempts = 5;

    // What the runtime does beside, spread over the requests of an attempt.
    private const double LeastPerRequest = 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requests_that_join_take_no_managed_memory_once_warm(bool fillsAtOnce)
    {
        await using var harness = new Harness(
            static execution =>
            {
                // Long enough for others to come meanwhile, on any machine.
                Thread.Sleep(1);
                Assert.True(execution.TryGetOutput(0, out var output));
                BatchHarness.Write(execution.GetInput(0), output);
                return ExecutionState.Completed;
            },
            BatchHarness.Rows,
            laneCount: 1,
            queueLimit: Together,
            maxRows: 8);
        var requests = new InferenceRequest[Together];
        var answers = new ValueTask<InferenceStatus>[Together];
        Run(harness, fillsAtOnce, requests, answers);
        var least = double.MaxValue;
        for (var attempt = 0; attempt < Attempts && least >= LeastPerRequest; attempt++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var runs = harness.Model.Recorder.Executions;
            Run(harness, fillsAtOnce, requests, answers);
            runs = harness.Model.Recorder.Executions - runs;
            var perRequest = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(Together * Rounds);
            least = Math.Min(least, perRequest);
            Assert.InRange(runs, 1, Together * Rounds / 2);
        }

        Assert.InRange(least, double.MinValue, LeastPerRequest);
    }

    private static void Run(Harness harness, bool fillsAtOnce, InferenceRequest[] requests, ValueTask<InferenceStatus>[] answers)
    {
        for (var round = 0; round < Rounds; round++)
        {
            RunTogether(harness, fillsAtOnce, requests, answers);
        }
    }

    private static void RunTogether(Harness harness, bool fillsAtOnce, InferenceRequest[] requests, ValueTask<InferenceStatus>[] answers)
    {
        for (var i = 0; i < Together; i++)
        {
            var request = requests[i] = harness.Model.TryCreateRequest()!;
            request.FillsAtOnce = fillsAtOnce;
            Harness.Expect(request.DeclareInput(0, DataType.Int32, [1, 4], 16));
            var reserved = request.ReserveAsync(CancellationToken.None);
            Assert.True(reserved.IsCompletedSuccessfully && reserved.Result.IsOk);
#pragma warning disable CA2012 // Each is consumed once, below.
            answers[i] = request.RunAsync();
#pragma warning restore CA2012
        }

        for (var i = 0; i < Together; i++)
        {
            while (!answers[i].IsCompleted)
            {
                Thread.Sleep(0);
            }

            Harness.Expect(answers[i].Result);
            requests[i].Dispose();
        }
    }
}
#endif
