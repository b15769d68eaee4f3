using Camshaft.Backends;
using Camshaft.Engine.Inference.OutputChecks;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Microbenchmarks;

/// <summary>Looking through an answer for values that its model's configuration excludes; there are none.</summary>
[MemoryDiagnoser]
public class OutputCheckBenchmarks
{
    private byte[] _bytes = [];
    private OutputCheck _check = null!;

    [Params(DataType.Float32, DataType.Float16, DataType.Int64)]
    public DataType DataType { get; set; }

    [Params(1000, 1_000_000)]
    public int Elements { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _bytes = new byte[Elements * DataType.ByteSize];
        _check = OutputCheck.Create(DataType, new ValueRange { Finite = true, Minimum = 0, Maximum = 1 })!;
    }

    [Benchmark]
    public int Check() => _check.FindFault(_bytes);
}
