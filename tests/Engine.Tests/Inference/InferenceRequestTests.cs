using Camshaft.Backends;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Inference;

public sealed class InferenceRequestTests
{
    private static readonly ModelSignature Signature = new(
        [
            new TensorSpec("image", DataType.Float32, new Shape(-1, 3)) { Symbols = ["batch", null] },
            new TensorSpec("text", DataType.Bytes, new Shape(2)),
            new TensorSpec("scale", DataType.Float32, default) { IsOptional = true },
        ],
        [
            new TensorSpec("scores", DataType.Float32, new Shape(-1, 10)) { Symbols = ["batch", null] },
            new TensorSpec("found", DataType.Int64, new Shape(-1)),
        ]);

    [Theory]
    [InlineData(DataType.Float64, new long[] { 1, 3 }, 24, "Model 'fake' version 1: input 'image' has datatype FP64; expected FP32.")]
    [InlineData(DataType.Float32, new long[] { 1, 4 }, 16, "Model 'fake' version 1: input 'image' has shape [1,4]; expected [-1,3].")]
    [InlineData(DataType.Float32, new long[] { 3 }, 12, "Model 'fake' version 1: input 'image' has shape [3]; expected [-1,3].")]
    [InlineData(DataType.Float32, new long[] { -1, 3 }, 12, "Model 'fake' version 1: input 'image' has shape [-1,3]; expected [-1,3].")]
    [InlineData(DataType.Float32, new long[] { 2, 3 }, 23, "Model 'fake' version 1: input 'image' has 23 bytes; expected 24 for FP32 [2,3].")]
    [InlineData(DataType.Float32, new long[] { long.MaxValue, 3 }, 12, "Model 'fake' version 1: input 'image' has shape [9223372036854775807,3], which is more elements than can be counted.")]
    [InlineData(DataType.Float32, new long[] { int.MaxValue, 3 }, 12, "Model 'fake' version 1: input 'image' has shape [2147483647,3]; a tensor has at most 2147483647 bytes.")]
    public async Task A_wrong_input_is_told_what_is_expected(DataType dataType, long[] shape, long byteSize, string message)
    {
        await using var harness = new Harness(signature: Signature);
        using var request = harness.Model.TryCreateRequest()!;

        Assert.Equal(message, request.DeclareInput(0, dataType, shape, byteSize).Message);
    }

    [Fact]
    public async Task A_missing_input_is_named()
    {
        await using var harness = new Harness(signature: Signature);
        using var request = harness.Model.TryCreateRequest()!;
        Harness.Expect(request.DeclareInput(0, DataType.Float32, [1, 3], 12));

        var status = await request.ReserveAsync(CancellationToken.None);
        Assert.Equal("Model 'fake' version 1: input 'text' is missing; expected BYTES [2].", status.Message);
    }

    [Fact]
    public async Task One_input_twice_is_refused()
    {
        await using var harness = new Harness(signature: Signature);
        using var request = harness.Model.TryCreateRequest()!;
        Harness.Expect(request.DeclareInput(0, DataType.Float32, [1, 3], 12));

        Assert.Equal(StatusCode.InvalidArgument, request.DeclareInput(0, DataType.Float32, [1, 3], 12).Code);
    }

    [Fact]
    public async Task One_output_twice_is_refused()
    {
        await using var harness = new Harness(signature: Signature);
        using var request = harness.Model.TryCreateRequest()!;
        Harness.Expect(request.RequestOutput(1));

        Assert.Contains("'found' is requested twice", request.RequestOutput(1).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scalar_may_come_as_one_element()
    {
        await using var harness = new Harness(signature: Signature);
        using var request = harness.Model.TryCreateRequest()!;

        Harness.Expect(request.DeclareInput(2, DataType.Float32, [1], 4));
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 65, 0, 0, 0, 0 }, true)]
    [InlineData(new byte[] { 5, 0, 0, 0, 65, 0, 0, 0, 0 }, false)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, false)]
    [InlineData(new byte[] { 255, 255, 255, 255, 65, 0, 0, 0, 0 }, false)]
    public async Task The_elements_of_a_bytes_input_are_whole_and_as_many_as_its_shape_says(byte[] text, bool isRight)
    {
        await using var harness = new Harness(Answer, Signature);
        using var request = harness.Model.TryCreateRequest()!;
        Harness.Expect(request.DeclareInput(0, DataType.Float32, [1, 3], 12));
        Harness.Expect(request.DeclareInput(1, DataType.Bytes, [2], text.Length));
        Harness.Expect(await request.ReserveAsync(CancellationToken.None));
        text.CopyTo(request.GetInput(1).Bytes);

        var status = await request.RunAsync();
        Assert.Equal(isRight ? StatusCode.Ok : StatusCode.InvalidArgument, status.Code);
    }

    [Fact]
    public async Task An_output_bound_by_an_input_lies_in_the_engines_memory_before_the_run()
    {
        var shape = "";
        var isFoundKnown = true;
        await using var harness = new Harness(
            execution =>
            {
                Assert.True(execution.TryGetOutput(0, out var scores));
                shape = Shape.Format(scores.Shape);
                isFoundKnown = execution.TryGetOutput(1, out _);
                return Answer(execution);
            },
            Signature);
        using var request = await PrepareAsync(harness, rows: 5);
        Harness.Expect(await request.RunAsync());

        Assert.Equal("[5,10]", shape);
        Assert.False(isFoundKnown);
    }

    [Fact]
    public async Task Only_requested_outputs_are_there()
    {
        await using var harness = new Harness(Answer, Signature);
        using var request = await PrepareAsync(harness, rows: 1, output: 1);
        Harness.Expect(await request.RunAsync());

        Assert.False(request.HasOutput(0));
        Assert.Equal([42L], request.GetOutput(1).AsSpan<long>().ToArray());
    }

    [Fact]
    public async Task A_foreign_output_is_released_once_with_its_request()
    {
        var released = new List<nint>();
        var memory = GC.AllocateArray<long>(2, pinned: true);
        await using var harness = new Harness(
            execution =>
            {
                execution.SetForeignOutput(1, DataType.Int64, [2], System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0), 16, released.Add, 7);
                return ExecutionState.Completed;
            },
            Signature);
        using (var request = await PrepareAsync(harness, rows: 1, output: 1))
        {
            memory[1] = 9;
            Harness.Expect(await request.RunAsync());
            Assert.Equal([0L, 9L], request.GetOutput(1).AsSpan<long>().ToArray());
            Assert.Empty(released);
        }

        Assert.Equal([(nint)7], released);
    }

    [Fact]
    public async Task A_foreign_output_of_a_wrong_shape_is_released_and_refused()
    {
        var released = new List<nint>();
        await using var harness = new Harness(
            execution =>
            {
                execution.SetForeignOutput(1, DataType.Int64, [1, 1], 64, 8, released.Add, 7);
                return ExecutionState.Completed;
            },
            Signature);
        using var request = await PrepareAsync(harness, rows: 1, output: 1);

        var status = await request.RunAsync();
        Assert.Equal("Model 'fake' version 1: the backend gave output 'found' shape [1,1]; expected [-1].", status.Message);
        Assert.Equal([(nint)7], released);
    }

    [Fact]
    public async Task An_output_over_the_budget_is_refused_by_name()
    {
        await using var harness = new Harness(
            execution =>
            {
                execution.AllocateOutput(1, DataType.Int64, [1 << 20], 8 << 20);
                return ExecutionState.Completed;
            },
            Signature);
        using var request = await PrepareAsync(harness, rows: 1, output: 1);

        var status = await request.RunAsync();
        Assert.Equal(StatusCode.ResourceExhausted, status.Code);
        Assert.Contains("'found'", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_over_the_budget_is_refused()
    {
        await using var harness = new Harness(budgetByteSize: 4096);
        using var request = harness.Model.TryCreateRequest()!;
        Harness.Expect(request.DeclareInput(0, DataType.Int32, [4096], 16384));

        Assert.Equal(StatusCode.ResourceExhausted, (await request.ReserveAsync(CancellationToken.None)).Code);
    }

    [Fact]
    public async Task A_second_dispose_throws()
    {
        await using var harness = new Harness();
        var request = harness.Model.TryCreateRequest()!;
        request.Dispose();

        Assert.Throws<ObjectDisposedException>(request.Dispose);
    }

    [Fact]
    public async Task A_model_drains_until_its_last_request_is_disposed()
    {
        await using var harness = new Harness();
        var request = await harness.PrepareAsync(null, 1);
        harness.Model.BeginDraining();
        var unload = harness.Model.UnloadAsync();

        Assert.Null(harness.Model.TryCreateRequest());
        Assert.False(unload.IsCompleted);
        Harness.Expect(await request.RunAsync());
        request.Dispose();
        await unload.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(harness.Backend.IsDisposed);
    }

    private static ExecutionState Answer(ModelExecution execution)
    {
        if (execution.IsOutputRequested(1))
        {
            execution.AllocateOutput(1, DataType.Int64, [1], sizeof(long)).AsSpan<long>()[0] = 42;
        }

        return ExecutionState.Completed;
    }

    private static async Task<Engine.Inference.InferenceRequest> PrepareAsync(Harness harness, int rows, int? output = null)
    {
        var request = harness.Model.TryCreateRequest()!;
        Harness.Expect(request.DeclareInput(0, DataType.Float32, [rows, 3], rows * 12));
        Harness.Expect(request.DeclareInput(1, DataType.Bytes, [2], 8));
        if (output is { } index)
        {
            Harness.Expect(request.RequestOutput(index));
        }

        Harness.Expect(await request.ReserveAsync(CancellationToken.None));
        request.GetInput(1).Bytes.Clear();
        return request;
    }
}
