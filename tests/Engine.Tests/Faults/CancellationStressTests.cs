using Camshaft.Backends;
using Camshaft.Engine.Tests.Batching;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Faults;

/// <summary>
/// Requests that join to batches, from many callers at once and with less memory than they want, are given up at each stage: while
/// they wait for memory, built and not sent, queued or running, and when the answer is there. Callers are seeded; when exactly a cancel meets
/// its request is the machine's.
/// </summary>
public sealed class CancellationStressTests
{
    private const int Callers = 8;
    private const int Rounds = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private enum Stage
    {
        None,
        Reserving,
        Built,
        Sent,
        Answered,
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_given_up_at_any_stage_ends_and_its_neighbours_get_their_answers(bool fillsAtOnce)
    {
        var ends = new int[Enum.GetValues<StatusCode>().Length];
        var stages = new int[Enum.GetValues<Stage>().Length];
        await using var harness = new Harness(
            BatchHarness.AddOne, BatchHarness.Rows, laneCount: 3, queueLimit: 1000, budgetByteSize: 16 << 10, maxRows: 4);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var round = 0; round < Rounds; round++)
            {
                var stage = (Stage)random.Next(stages.Length);
                var status = await SendAsync(harness, fillsAtOnce, stage, caller * Rounds + round).WaitAsync(Patience);
                Interlocked.Increment(ref ends[(int)status.Code]);
                Interlocked.Increment(ref stages[(int)stage]);
                Assert.True(stage is not Stage.None and not Stage.Answered || status.IsOk, status.Message);
            }
        })));

        Assert.All(stages, static count => Assert.NotEqual(0, count));
        Assert.Equal(Callers * Rounds, ends[(int)StatusCode.Ok] + ends[(int)StatusCode.Cancelled]);
        Assert.True(ends[(int)StatusCode.Cancelled] >= stages[(int)Stage.Built], "A request that was cancelled before it was sent ran.");
    }

    private static async Task<InferenceStatus> SendAsync(Harness harness, bool fillsAtOnce, Stage stage, int number)
    {
        using var giveUp = new CancellationTokenSource();
        using var request = harness.Model.TryCreateRequest()!;
        request.FillsAtOnce = fillsAtOnce;
        Harness.Expect(request.DeclareInput(0, DataType.Int32, [1, 4], 4 * sizeof(int)));
        var reservation = request.ReserveAsync(giveUp.Token);
        if (stage == Stage.Reserving)
        {
            await giveUp.CancelAsync();
        }

        var status = await reservation;
        if (!status.IsOk)
        {
            return status;
        }

        request.GetInput(0).AsSpan<int>().Fill(number);
        var handle = request.Handle;
        if (stage == Stage.Built)
        {
            handle.Cancel();
        }

        var answer = request.RunAsync();
        if (stage == Stage.Sent)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static handle => handle.Cancel(), handle, preferLocal: number % 2 == 0);
        }

        status = await answer;
        if (stage == Stage.Answered)
        {
            handle.Cancel();
        }

        Assert.True(!status.IsOk || request.GetOutput(0).AsSpan<int>().SequenceEqual([number + 1, number + 1, number + 1, number + 1]));
        return status;
    }
}
