using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>The backend suite over numbers whose shape is known before the run.</summary>
public sealed class DoubleSuite() : BackendSuite(Plugin.Name)
{
    protected override IReadOnlyDictionary<string, TestTensor> ExpectedOutputs => new Dictionary<string, TestTensor> { ["y"] = TestTensor.Of([3], 2f, 4f, 6f) };

    protected override ModelSource CreateModel(TempDirectory directory) => Source(directory.Write("model.onnx", Models.Double().Build()));

    protected override IReadOnlyList<TestTensor?> CreateInputs() => [TestTensor.Of([3], 1f, 2f, 3f)];
}
