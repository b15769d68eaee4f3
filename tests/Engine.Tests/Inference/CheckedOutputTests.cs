using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Tests.Batching;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Inference;

public sealed class CheckedOutputTests
{
    /// <summary>The three ways in which a backend gives an output.</summary>
    public enum Way
    {
        Written,
        Allocated,
        Foreign,
    }

    private static readonly ModelSignature Scores = new(
        [new TensorSpec("in", DataType.Int32, new Shape(-1)) { Symbols = ["n"] }],
        [new TensorSpec("scores", DataType.Float32, new Shape(-1, 3)) { Symbols = ["n", null] }]);

    private static readonly IReadOnlyList<TensorConfiguration> Checked = [new TensorConfiguration("scores") { Range = new ValueRange { Finite = true, Minimum = 0, Maximum = 1 } }];

    [Theory]
    [InlineData(Way.Written)]
    [InlineData(Way.Allocated)]
    [InlineData(Way.Foreign)]
    public async Task An_excluded_value_is_an_error_that_says_what_is_where(Way way)
    {
        await using var harness = new Harness(execution => Give(execution, way, [0, 0.5f, 1, 0.25f, float.NaN, 2]), Scores, outputs: Checked);
        using (var request = await harness.PrepareAsync(null, 1, 2))
        {
            var status = await request.RunAsync();

            Assert.Equal(StatusCode.Internal, status.Code);
            Assert.Equal("Model 'fake' version 1: output 'scores' has NaN at [1,1]; expected finite numbers from 0 to 1, as model.yaml says.", status.Message);
        }

        Assert.Equal(1, harness.Model.Recorder.FailedOutputChecks);
        Assert.Equal(1, harness.Model.Recorder.GetCount(StatusCode.Internal));
    }

    [Theory]
    [InlineData(Way.Written)]
    [InlineData(Way.Allocated)]
    [InlineData(Way.Foreign)]
    public async Task Values_within_the_bounds_are_answered(Way way)
    {
        await using var harness = new Harness(execution => Give(execution, way, [0, 0.5f, 1]), Scores, outputs: Checked);
        using var request = await harness.PrepareAsync(null, 1);

        Harness.Expect(await request.RunAsync());

        Assert.Equal([0, 0.5f, 1], request.GetOutput(0).AsSpan<float>().ToArray());
        Assert.Equal(0, harness.Model.Recorder.FailedOutputChecks);
    }

    [Fact]
    public async Task Without_a_range_every_value_is_answered()
    {
        await using var harness = new Harness(static execution => Give(execution, Way.Written, [float.NaN, 2, float.NegativeInfinity]), Scores);
        using var request = await harness.PrepareAsync(null, 1);

        Harness.Expect(await request.RunAsync());
    }

    [Fact]
    public async Task Clients_whose_answers_fail_the_check_do_not_take_the_model_out_of_service()
    {
        await using var harness = new Harness(static execution => Give(execution, Way.Written, [2, 2, 2]), Scores, outputs: Checked);
        for (var i = 0; i < 30; i++)
        {
            using var request = await harness.PrepareAsync(null, 1);
            Assert.Equal(StatusCode.Internal, (await request.RunAsync()).Code);
        }

        Assert.Equal(ModelState.Ready, harness.Model.State);
        Assert.Equal(1, harness.Backend.InstancesMade);
    }

    [Theory]
    [InlineData(Way.Allocated)]
    [InlineData(Way.Foreign)]
    public async Task An_output_of_another_datatype_is_refused_although_its_size_would_fit(Way way)
    {
        await using var harness = new Harness(execution => Give(execution, way, [0, 0, 0], DataType.Int32), Scores);
        using var request = await harness.PrepareAsync(null, 1);

        Assert.Equal("Model 'fake' version 1: the backend gave output 'scores' datatype INT32; expected FP32.", (await request.RunAsync()).Message);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    public async Task Strings_that_are_not_whole_are_refused(int byteSize)
    {
        var signature = new ModelSignature(Scores.Inputs, [new TensorSpec("words", DataType.Bytes, new Shape(-1))]);
        await using var harness = new Harness(
            execution =>
            {
                execution.AllocateOutput(0, DataType.Bytes, [2], byteSize).Bytes.Clear();
                return ExecutionState.Completed;
            },
            signature);
        using var request = await harness.PrepareAsync(null, 1);

        Assert.Equal(
            $"Model 'fake' version 1: the backend gave output 'words' {byteSize} bytes, which are not the whole elements of BYTES [2].", (await request.RunAsync()).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_excluded_value_in_a_batch_is_its_request_s_alone_and_nothing_runs_again(bool fillsAtOnce)
    {
        await using var batch = new BatchHarness(outputs: [new TensorConfiguration("out") { Range = new ValueRange { Maximum = 20 } }]);
        await batch.BlockAsync();
        await batch.SendRowsAsync(fillsAtOnce, 11, 12);
        batch.Send(await batch.PrepareAsync(fillsAtOnce, ([2, 4], [13, 13, 13, 13, 13, 13, 20, 13])));
        await batch.SendRowsAsync(fillsAtOnce, 14);

        var answers = await batch.FinishAsync();

        Assert.Equal("Model 'fake' version 1: output 'out' has 21 at [1,2]; expected numbers of 20 or less, as model.yaml says.", answers[2].Status.Message);
        Assert.Equal([12, 13, 15], answers.Where(static answer => answer.Status.IsOk).Select(static answer => answer.Output[0]));
        Assert.Equal(5, batch.RunRows.Sum());
        Assert.Equal(1, batch.Model.Recorder.FailedOutputChecks);
    }

    private static ExecutionState Give(ModelExecution execution, Way way, float[] values, DataType dataType = DataType.Float32)
    {
        long[] shape = [values.Length / 3, 3];
        var byteSize = values.Length * sizeof(float);
        if (way == Way.Foreign)
        {
            var memory = Marshal.AllocHGlobal(byteSize);
            Marshal.Copy(values, 0, memory, values.Length);
            execution.SetForeignOutput(0, dataType, shape, memory, byteSize, Marshal.FreeHGlobal, memory);
            return ExecutionState.Completed;
        }

        TensorView output;
        if (way == Way.Written)
        {
            Assert.True(execution.TryGetOutput(0, out output));
        }
        else
        {
            output = execution.AllocateOutput(0, dataType, shape, byteSize);
        }

        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(output.Bytes);
        return ExecutionState.Completed;
    }
}
