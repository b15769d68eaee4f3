using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>The backend suite over an output whose shape only the run tells.</summary>
public sealed class PositionsSuite() : BackendSuite(Plugin.Name)
{
    protected override IReadOnlyDictionary<string, TestTensor> ExpectedOutputs
        => new Dictionary<string, TestTensor> { ["y"] = TestTensor.Of(DataType.Int64, [1, 2], 1L, 3L) };

    protected override ModelSource CreateModel(TempDirectory directory) => Source(directory.Write("model.onnx", Models.Positions().Build()));

    protected override IReadOnlyList<TestTensor?> CreateInputs() => [TestTensor.Of([4], 0f, 7f, 0f, 9f)];
}
