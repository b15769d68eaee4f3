using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Orchestration.WarmUp;
using Camshaft.Engine.Tests.Batching;
using Camshaft.Engine.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Orchestration;

public sealed class WarmUpSampleTests : IDisposable
{
    // Rows along axis 0, rows along axis 1, and a number that all rows share, as a recurrent model has them.
    private static readonly ModelSignature Recurrent = new(
        [BatchHarness.Tensor("x", 0, -1, -1), BatchHarness.Tensor("state", 1, 2, -1, 1), BatchHarness.Tensor("rate", null)],
        [BatchHarness.Tensor("y", 0, -1, 1)]);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Batches_of_every_size_are_made_of_the_sample_s_rows()
    {
        var runs = new ConcurrentQueue<(int Rows, int[] X, int[] State, int[] Rate)>();
        await using var harness = new Harness(
            execution =>
            {
                runs.Enqueue((execution.RowCount, [.. execution.GetInput(0).AsSpan<int>()], [.. execution.GetInput(1).AsSpan<int>()], [.. execution.GetInput(2).AsSpan<int>()]));
                return ExecutionState.Completed;
            },
            Recurrent,
            batching: new BatchingConfiguration { MaxBatchSize = 5 },
            samples: [Sample(
                new("x") { Shape = new Shape(2, 3), Data = Values(1, 2, 3, 4, 5, 6) },
                new("state") { Shape = new Shape(2, 1, 1), Data = Values(7, 8) },
                new("rate") { Data = new WarmUpData.Constant("16000") })]);

        var (costs, failure) = ModelWarmUp.Run(harness.Loaded, harness.Model);

        Harness.Expect(failure);
        Assert.Equal([1, 2, 4, 5], costs.Select(static cost => cost.Rows));
        Assert.All(runs, static run =>
        {
            Assert.Equal(Enumerable.Range(0, run.Rows).SelectMany(static row => Enumerable.Range(row % 2 == 0 ? 1 : 4, 3)), run.X);
            Assert.Equal([.. Enumerable.Repeat(7, run.Rows), .. Enumerable.Repeat(8, run.Rows)], run.State);
            Assert.Equal([16000], run.Rate);
        });
    }

    [Fact]
    public async Task A_model_whose_requests_do_not_join_runs_the_sample_as_it_is()
    {
        var lengths = new ConcurrentQueue<long>();
        await using var harness = new Harness(
            execution =>
            {
                lengths.Enqueue(execution.GetInput(0).Shape[0]);
                return Harness.Copy(execution);
            },
            samples: [Sample(new WarmUpInput("in") { Shape = new Shape(7) })]);

        Assert.Single(ModelWarmUp.Run(harness.Loaded, harness.Model).Costs);
        Assert.All(lengths, static length => Assert.Equal(7, length));
    }

    [Fact]
    public async Task Strings_are_repeated_row_by_row()
    {
        var texts = new ConcurrentQueue<string>();
        await using var harness = new Harness(
            execution =>
            {
                texts.Enqueue(Encoding.UTF8.GetString(execution.GetInput(0).Bytes));
                execution.AllocateOutput(0, DataType.Int32, [execution.RowCount], execution.RowCount * sizeof(int)).Bytes.Clear();
                return ExecutionState.Completed;
            },
            new ModelSignature([new TensorSpec("words", DataType.Bytes, new Shape(-1)) { BatchAxis = 0 }], [BatchHarness.Tensor("out", 0, -1)]),
            batching: new BatchingConfiguration { MaxBatchSize = 3 },
            samples: [Sample(new WarmUpInput("words") { Shape = new Shape(2), Data = new WarmUpData.Listed(["a", "bc"]) })]);

        Harness.Expect(ModelWarmUp.Run(harness.Loaded, harness.Model).Failure);

        Assert.Equal(["\u0001\0\0\0a", "\u0001\0\0\0a\u0002\0\0\0bc", "\u0001\0\0\0a\u0002\0\0\0bc\u0001\0\0\0a"], texts.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Files_are_read_raw_and_as_numpy_writes_them()
    {
        _directory.Write("x.bin", MemoryMarshal.AsBytes<int>([1, 2, 3]));
        _directory.Write("state.npy", Npy("<i4", "2, 1, 1", MemoryMarshal.AsBytes<int>([4, 5])));
        var seen = new ConcurrentQueue<int>();
        await using var harness = new Harness(
            execution =>
            {
                seen.Enqueue(execution.GetInput(0).AsSpan<int>()[2]);
                seen.Enqueue(execution.GetInput(1).AsSpan<int>()[1]);
                return ExecutionState.Completed;
            },
            Recurrent,
            batching: new BatchingConfiguration { MaxBatchSize = 1 },
            samples: [Sample(new("x") { Shape = new Shape(1, 3), Data = new WarmUpData.FromFile("x.bin") }, new("state") { Data = new WarmUpData.FromFile("state.npy") })],
            sampleDirectory: _directory.FullPath);

        Harness.Expect(ModelWarmUp.Run(harness.Loaded, harness.Model).Failure);

        Assert.Equal([3, 5], seen.Distinct());
    }

    [Fact]
    public async Task Every_sample_runs_and_the_first_is_the_profile()
    {
        var widths = new ConcurrentQueue<long>();
        await using var harness = new Harness(
            execution =>
            {
                widths.Enqueue(execution.GetInput(0).Shape[1]);
                return execution.GetInput(0).Shape[1] == 3 ? throw new BackendException(StatusCode.InvalidArgument, "3 is too wide") : ExecutionState.Completed;
            },
            Recurrent,
            samples: [Sample(new WarmUpInput("x") { Shape = new Shape(1, 2) }), new WarmUpSample("wide") { Inputs = [new WarmUpInput("x") { Shape = new Shape(1, 3) }] }]);

        var (costs, failure) = ModelWarmUp.Run(harness.Loaded, harness.Model);

        Assert.Equal("warm-up sample 'wide': 3 is too wide", failure.Message);
        Assert.Equal(6, costs.Count);
        Assert.Equal([2, 3], widths.Distinct());
    }

    public static TheoryData<WarmUpInput, string> BadInputs => new()
    {
        { new("z"), "input 'z' does not exist; the model has 'x', 'state', 'rate'" },
        { new("x") { DataType = DataType.Float32 }, "input 'x' has datatype FP32; expected INT32" },
        { new("state") { Shape = new Shape(3, 1, 1) }, "input 'state' has shape [3,1,1]; expected [2,-1,1]" },
        { new("x") { Shape = new Shape(0, 1) }, "input 'x' has shape [0,1], which has no row" },
        { new("x") { Shape = new Shape(1, 1L << 40) }, "input 'x' has shape [1,1099511627776], which is more than the memory budget for tensors (1048576 bytes)" },
        { new("x") { Shape = new Shape(long.MaxValue, long.MaxValue) }, "which is more than the memory budget for tensors" },
        { new("x") { Data = Values(1, 2) }, "input 'x' has 2 values; expected 1 for shape [1,1]" },
        { new("rate") { Data = new WarmUpData.Constant("fast") }, "input 'rate' has the value 'fast'; expected one of INT32" },
        { new("rate") { Data = new WarmUpData.Constant("3000000000") }, "input 'rate' has the value '3000000000'; expected one of INT32" },
        { new("x") { Data = new WarmUpData.FromFile("none.bin") }, "does not exist" },
        { new("x") { Shape = new Shape(1, 4), Data = new WarmUpData.FromFile("three.bin") }, "three.bin' holds 12 bytes; expected 16 for INT32 [1,4]" },
        { new("x") { Data = new WarmUpData.FromFile("floats.npy") }, "floats.npy' holds FP32; expected INT32" },
        { new("x") { Data = new WarmUpData.FromFile("flat.npy") }, "input 'x' has shape [3]; expected [-1,-1]" },
        { new("x") { Shape = new Shape(1, 1), Data = new WarmUpData.FromFile("wide.npy") }, "wide.npy' has shape [1,3]; the sample says [1,1]" },
        { new("x") { Data = new WarmUpData.FromFile("short.npy") }, "short.npy' holds 8 bytes; expected 12 for INT32 [1,3]" },
        { new("x") { Data = new WarmUpData.FromFile("text.npy") }, "text.npy' is no .npy file" },
        { new("x") { Data = new WarmUpData.FromFile("cut.npy") }, "cut.npy' ends within its header" },
        { new("x") { Data = new WarmUpData.FromFile("deep.npy") }, "deep.npy' has 9 dimensions; expected [-1,-1]" },
    };

    [Theory]
    [MemberData(nameof(BadInputs))]
    public async Task A_bad_sample_is_refused_with_what_is_wrong(WarmUpInput input, string message)
    {
        _directory.Write("three.bin", new byte[12]);
        _directory.Write("floats.npy", Npy("<f4", "1, 1", new byte[4]));
        _directory.Write("flat.npy", Npy("<i4", "3,", new byte[12]));
        _directory.Write("wide.npy", Npy("<i4", "1, 3", new byte[12]));
        _directory.Write("short.npy", Npy("<i4", "1, 3", new byte[8]));
        _directory.Write("deep.npy", Npy("<i4", "1, 1, 1, 1, 1, 1, 1, 1, 1", new byte[4]));
        _directory.Write("text.npy", "words that are no array"u8);
        _directory.Write("cut.npy", Npy("<i4", "1, 3", []).AsSpan(0, 40));
        await using var harness = new Harness(static _ => throw new InvalidOperationException("It ran."), Recurrent, samples: [Sample(input)], sampleDirectory: _directory.FullPath);

        var refusal = Assert.Throws<BackendException>(() => ModelWarmUp.Run(harness.Loaded, harness.Model));

        Assert.StartsWith("warm-up sample 's': ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    private static WarmUpSample Sample(params WarmUpInput[] inputs) => new("s") { Inputs = inputs };

    private static WarmUpData.Listed Values(params int[] values) => new([.. values.Select(static value => value.ToString(CultureInfo.InvariantCulture))]);

    private static byte[] Npy(string type, string shape, ReadOnlySpan<byte> data)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
