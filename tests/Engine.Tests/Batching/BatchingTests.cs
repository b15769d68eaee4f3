using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Batching;

public sealed class BatchingTests
{
    private static readonly int[] OneToSix = [1, 2, 3, 4, 5, 6];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requests_that_wait_run_together_and_each_gets_its_own_answer(bool fillsAtOnce)
    {
        await using var batch = new BatchHarness();
        await batch.BlockAsync();
        await batch.SendRowsAsync(fillsAtOnce, OneToSix);

        AssertAnswers(OneToSix, await batch.FinishAsync());

        Assert.Equal(6, batch.RunRows.Sum());
        Assert.True(batch.RunRows.Count < 6, string.Join(' ', batch.RunRows));
    }

    [Fact]
    public async Task Rows_of_a_slab_run_as_they_lie()
    {
        await using var batch = new BatchHarness();
        await batch.BlockAsync();

        // Two rows wait by then, each with memory of its own; from now on slabs are worth their memory.
        await batch.SendRowsAsync(true, 1, 2);
        var before = batch.Harness.Memory.CopiedByteSize;
        await batch.SendRowsAsync(true, 3, 4, 5, 6);
        var answers = await batch.FinishAsync();

        AssertAnswers(OneToSix, answers);
        Assert.Contains(batch.RunRows, static rows => rows >= 2);
        Assert.Equal(before, batch.Harness.Memory.CopiedByteSize);
    }

    [Fact]
    public async Task Rows_of_a_slab_join_in_whatever_order_they_are_sent()
    {
        await using var batch = new BatchHarness();
        await batch.BlockAsync();
        await batch.SendRowsAsync(true, 1, 2);
        var requests = new List<InferenceRequest>();
        foreach (var number in (int[])[3, 4, 5, 6])
        {
            requests.Add(await batch.PrepareAsync(true, ([1, 4], [number, number, number, number])));
        }

        requests.Reverse();
        requests.ForEach(request => batch.Send(request));
        AssertAnswers([1, 2, 6, 5, 4, 3], await batch.FinishAsync());
        Assert.Contains(batch.RunRows, static rows => rows >= 3);
    }

    [Fact]
    public async Task Under_load_batches_are_full()
    {
        await using var batch = new BatchHarness(maxRows: 4);
        await batch.BlockAsync();
        var numbers = Enumerable.Range(0, 60).ToArray();
        await batch.SendRowsAsync(true, numbers);

        AssertAnswers(numbers, await batch.FinishAsync());

        Assert.All(batch.RunRows, static rows => Assert.InRange(rows, 1, 4));
        Assert.True(batch.RunRows.Count(static rows => rows == 4) >= 12, string.Join(' ', batch.RunRows));
    }

    [Fact]
    public async Task Requests_of_several_rows_join_and_get_their_rows()
    {
        await using var batch = new BatchHarness();
        await batch.BlockAsync();
        batch.Send(await batch.PrepareAsync(false, ([2, 4], [1, 1, 1, 1, 2, 2, 2, 2])));
        batch.Send(await batch.PrepareAsync(false, ([1, 4], [3, 3, 3, 3])));
        batch.Send(await batch.PrepareAsync(false, ([3, 4], [4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6])));

        var answers = await batch.FinishAsync();

        Assert.Equal([6], batch.RunRows);
        Assert.Equal([2, 2, 2, 2, 3, 3, 3, 3], answers[0].Output);
        Assert.Equal([4, 4, 4, 4], answers[1].Output);
        Assert.Equal([5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7], answers[2].Output);
    }

    [Fact]
    public async Task A_request_of_more_rows_than_a_batch_may_have_runs_alone()
    {
        await using var batch = new BatchHarness(maxRows: 2);
        await batch.BlockAsync();
        batch.Send(await batch.PrepareAsync(true, ([3, 4], [.. Enumerable.Range(0, 12)])));
        await batch.SendRowsAsync(false, 1, 2);

        var answers = await batch.FinishAsync();

        Assert.Equal(Enumerable.Range(1, 12), answers[0].Output);
        Assert.Equal([2, 3], batch.RunRows.Order());
    }

    [Fact]
    public async Task Shapes_that_differ_do_not_join_and_do_not_keep_others_from_joining()
    {
        var signature = new ModelSignature([BatchHarness.Tensor("in", 0, -1, -1)], [BatchHarness.Tensor("out", 0, -1, -1)]);
        await using var batch = new BatchHarness(signature);
        await batch.BlockAsync();
        for (var i = 0; i < 4; i++)
        {
            batch.Send(await batch.PrepareAsync(false, ([1, 2], [i, i])));
            batch.Send(await batch.PrepareAsync(false, ([1, 3], [i, i, i])));
        }

        var answers = await batch.FinishAsync();

        Assert.Equal([4, 4], batch.RunRows);
        Assert.Equal([2, 3, 2, 3, 2, 3, 2, 3], answers.Select(static answer => answer.Output.Length));
        Assert.All(answers.Index(), static answer => Assert.All(answer.Item.Output, number => Assert.Equal((answer.Index / 2) + 1, number)));
    }

    [Fact]
    public async Task More_shapes_than_there_are_buckets_are_answered_too()
    {
        var signature = new ModelSignature([BatchHarness.Tensor("in", 0, -1, -1)], [BatchHarness.Tensor("out", 0, -1, -1)]);
        await using var batch = new BatchHarness(signature);
        for (var round = 0; round < 2; round++)
        {
            await batch.BlockAsync();
            for (var length = 1; length <= 40; length++)
            {
                batch.Send(await batch.PrepareAsync(true, ([1, length], [.. Enumerable.Repeat(length, length)])));
            }

            var answers = await batch.FinishAsync();

            Assert.All(answers.Index(), static answer => Assert.Equal(Enumerable.Repeat(answer.Index + 2, answer.Index + 1), answer.Item.Output));
        }
    }

    [Fact]
    public async Task Tensors_with_another_batch_axis_are_gathered_and_scattered_and_the_copies_counted()
    {
        var signature = new ModelSignature(
            [BatchHarness.Tensor("in", 1, 2, -1, 2)],
            [BatchHarness.Tensor("out", 1, 2, -1, 2)]);
        await using var batch = new BatchHarness(signature);
        await batch.BlockAsync();
        batch.Send(await batch.PrepareAsync(true, ([2, 1, 2], [10, 11, 12, 13])));
        batch.Send(await batch.PrepareAsync(true, ([2, 2, 2], [20, 21, 22, 23, 24, 25, 26, 27])));

        var answers = await batch.FinishAsync();

        Assert.Equal([3], batch.RunRows);
        Assert.Equal([11, 12, 13, 14], answers[0].Output);
        Assert.Equal([21, 22, 23, 24, 25, 26, 27, 28], answers[1].Output);
        Assert.Equal(2 * 12 * sizeof(int), batch.Harness.Memory.CopiedByteSize);
    }

    [Fact]
    public async Task The_backend_sees_the_rows_side_by_side_along_their_axis()
    {
        int[] seen = [];
        var signature = new ModelSignature([BatchHarness.Tensor("in", 1, 2, -1, 2)], [BatchHarness.Tensor("out", 1, 2, -1, 2)]);
        await using var batch = new BatchHarness(signature, execution =>
        {
            seen = execution.GetInput(0).AsSpan<int>().ToArray();
            return BatchHarness.AddOne(execution);
        });
        await batch.BlockAsync();
        batch.Send(await batch.PrepareAsync(false, ([2, 1, 2], [10, 11, 12, 13])));
        batch.Send(await batch.PrepareAsync(false, ([2, 1, 2], [20, 21, 22, 23])));

        await batch.FinishAsync();

        Assert.Equal([10, 11, 20, 21, 12, 13, 22, 23], seen);
    }

    [Fact]
    public async Task Requests_join_only_where_what_they_share_is_the_same()
    {
        var signature = new ModelSignature([BatchHarness.Tensor("in", 0, -1, 1), BatchHarness.Tensor("rate", null, 1)], [BatchHarness.Tensor("out", 0, -1, 1)]);
        await using var batch = new BatchHarness(signature, static execution =>
        {
            Assert.True(execution.TryGetOutput(0, out var output));
            for (var i = 0; i < execution.RowCount; i++)
            {
                output.AsSpan<int>()[i] = execution.GetInput(0).AsSpan<int>()[i] * execution.GetInput(1).AsSpan<int>()[0];
            }

            return ExecutionState.Completed;
        });
        await batch.BlockAsync();
        foreach (var rate in new[] { 2, 2, 3, 3 })
        {
            batch.Send(await batch.PrepareAsync(true, ([1, 1], [10]), ([1], [rate])));
        }

        var answers = await batch.FinishAsync();

        Assert.Equal([20, 20, 30, 30], answers.Select(static answer => answer.Output[0]));
        Assert.DoesNotContain(batch.RunRows, static rows => rows > 2);
    }

    private static void AssertAnswers(int[] numbers, IReadOnlyList<(InferenceStatus Status, int[] Output)> answers)
    {
        Assert.All(answers, static answer => Harness.Expect(answer.Status));
        Assert.Equal(numbers.Select(static number => (int[])[number + 1, number + 1, number + 1, number + 1]), answers.Select(static answer => answer.Output));
    }
}
