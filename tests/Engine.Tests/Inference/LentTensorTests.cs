using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Tests.Batching;
using Camshaft.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Inference;

/// <summary>Tensors in memory of the client's.</summary>
public sealed class LentTensorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly int[] OneToFour = [1, 2, 3, 4];

    [Fact]
    public async Task They_are_used_where_they_lie_and_given_back_once()
    {
        var (input, output) = (new LentBytes(400), new LentBytes(500));
        input.As<float>()[99] = 7;
        (nint Input, nint Output) seen = default;
        await using var harness = new Harness(
            execution =>
            {
                Assert.True(execution.TryGetOutput(0, out var view));
                seen = (execution.GetInput(0).Address, view.Address);
                return Harness.Copy(execution);
            },
            Vectors(DataType.Float32));
        using (var request = Declare(harness, DataType.Float32, 400, 100))
        {
            Assert.True(request.TryLendInput(0, input.Lend()));
            Harness.Expect(request.RequestOutput(0, 500));
            Assert.True(request.TryLendOutput(0, output.Lend()));
            Harness.Expect(await request.ReserveAsync(CancellationToken.None));
            Assert.Equal(0, harness.Memory.LeasedCount);
            Harness.Expect(await request.RunAsync());
            Assert.Equal((output.Address, 400L), (request.GetOutput(0).Address, request.GetOutput(0).ByteSize));
            Assert.Equal((0, 0), (input.Released, output.Released));
        }

        Assert.Equal((input.Address, output.Address), seen);
        Assert.Equal(7, output.As<float>()[99]);
        Assert.Equal((1, 1), (input.Released, output.Released));
    }

    [Theory]
    [InlineData(DataType.Float32, true)]
    [InlineData(DataType.Float64, true)]
    [InlineData(DataType.Float16, true)]
    [InlineData(DataType.BFloat16, true)]
    [InlineData(DataType.UInt8, true)]
    [InlineData(DataType.UInt64, true)]
    [InlineData(DataType.Bool, false)]
    [InlineData(DataType.Int32, false)]
    [InlineData(DataType.Int64, false)]
    [InlineData(DataType.Bytes, false)]
    public async Task What_a_model_takes_for_a_condition_an_index_or_a_length_must_be_immutable(DataType dataType, bool mayChange)
    {
        var memory = new LentBytes(64);
        var count = 64 / Math.Max(dataType.ByteSize, 4);
        var byteSize = dataType.HasFixedSize ? count * dataType.ByteSize : 64;
        await using var harness = new Harness(signature: Vectors(dataType));
        using (var request = Declare(harness, dataType, byteSize, count))
        {
            Assert.Equal(mayChange, request.TryLendInput(0, memory.Lend()));
            Harness.Expect(request.RequestOutput(0));
            Assert.Equal(mayChange, request.TryLendOutput(0, memory.Lend()));
        }

        using (var request = Declare(harness, dataType, byteSize, count))
        {
            Assert.True(request.TryLendInput(0, memory.Lend(isImmutable: true)));
        }
    }

    [Fact]
    public async Task What_does_not_begin_where_tensors_do_is_not_taken()
    {
        var memory = new LentBytes(400, shift: 4);
        await using var harness = new Harness(signature: Vectors(DataType.Float32));
        using var request = Declare(harness, DataType.Float32, 400, 100);

        Assert.False(request.TryLendInput(0, memory.Lend()));
        Harness.Expect(request.RequestOutput(0));
        Assert.False(request.TryLendOutput(0, memory.Lend()));
    }

    [Fact]
    public async Task An_output_without_room_is_told_before_the_run()
    {
        var memory = new LentBytes(399);
        await using var harness = new Harness(signature: Vectors(DataType.Float32));
        using var request = Declare(harness, DataType.Float32, 400, 100);
        Harness.Expect(request.RequestOutput(0, room: 399));

        Assert.False(request.TryLendOutput(0, memory.Lend()));
        Assert.Equal("Model 'fake' version 1: output 'out' has 400 bytes; the request has room for 399.", (await request.ReserveAsync(CancellationToken.None)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requests_with_them_join_and_each_gets_its_own_answer(bool fillsAtOnce)
    {
        var signature = new ModelSignature([Row("in")], [Row("out")]);
        await using var batch = new BatchHarness(signature, Harness.Copy);
        await batch.BlockAsync();
        var lent = OneToFour.Select(static _ => (Input: new LentBytes(64), Output: new LentBytes(64))).ToList();
        var requests = new List<InferenceRequest>();
        foreach (var number in OneToFour)
        {
            var (input, output) = lent[number - 1];
            input.As<float>().Fill(number);
            var request = batch.Model.TryCreateRequest()!;
            request.FillsAtOnce = fillsAtOnce;
            Harness.Expect(request.DeclareInput(0, DataType.Float32, [1, 16], 64));
            Assert.True(request.TryLendInput(0, input.Lend()));
            Harness.Expect(request.RequestOutput(0));
            Assert.True(request.TryLendOutput(0, output.Lend()));
            Harness.Expect(await request.ReserveAsync(CancellationToken.None));
            requests.Add(batch.Send(request));
        }

        var answers = await batch.FinishAsync();

        Assert.Contains(batch.RunRows, static rows => rows > 1);
        Assert.Equal(OneToFour, answers.Select(static answer => (int)BitConverter.Int32BitsToSingle(answer.Output[15])));
        Assert.All(lent, static memory => Assert.Equal((1, 1), (memory.Input.Released, memory.Output.Released)));
    }

    [Fact]
    public async Task What_a_whole_batch_shares_is_not_anybodys_to_change()
    {
        var memory = new LentBytes(64);
        var signature = new ModelSignature([Row("in"), new TensorSpec("rate", DataType.Float32, new Shape(1))], [Row("out")]);
        await using var batch = new BatchHarness(signature, Harness.Copy);
        using var request = batch.Model.TryCreateRequest()!;
        Harness.Expect(request.DeclareInput(1, DataType.Float32, [1], 4));

        Assert.False(request.TryLendInput(1, memory.Lend()));
        Assert.True(request.TryLendInput(1, memory.Lend(isImmutable: true)));
    }

    [Fact]
    public async Task A_run_that_was_given_up_keeps_them_until_it_ends()
    {
        var clock = new FakeTimeProvider();
        var gate = new Gate();
        var memory = new LentBytes(400);
        await using var harness = new Harness(Harness.Copy, laneCount: 1, timeProvider: clock);
        var stuck = harness.AddModel(new FakeModel(Vectors(DataType.Float32), gate.Execute));
        var request = stuck.TryCreateRequest()!;
        Harness.Expect(request.DeclareInput(0, DataType.Float32, [100], 400));
        Assert.True(request.TryLendInput(0, memory.Lend()));
        Harness.Expect(await request.ReserveAsync(CancellationToken.None));
        request.SetTimeout(TimeSpan.FromSeconds(1));
        var answer = request.RunAsync().AsTask();
        await gate.EnteredAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(StatusCode.DeadlineExceeded, (await answer.WaitAsync(Patience)).Code);
        request.Dispose();

        Assert.Equal(0, memory.Released);
        gate.Open();
        stuck.BeginDraining();
        await stuck.UnloadAsync().WaitAsync(Patience);
        Assert.Equal(1, memory.Released);
    }

    private static ModelSignature Vectors(DataType dataType) => new(
        [new TensorSpec("in", dataType, new Shape(Shape.Variable)) { Symbols = ["n"] }], [new TensorSpec("out", dataType, new Shape(Shape.Variable)) { Symbols = ["n"] }]);

    private static TensorSpec Row(string name) => new(name, DataType.Float32, new Shape(Shape.Variable, 16)) { BatchAxis = 0, Symbols = ["n", null] };

    private static InferenceRequest Declare(Harness harness, DataType dataType, long byteSize, params long[] shape)
    {
        var request = harness.Model.TryCreateRequest()!;
        Harness.Expect(request.DeclareInput(0, dataType, shape, byteSize));
        return request;
    }
}
