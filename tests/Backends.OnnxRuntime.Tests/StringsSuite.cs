using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>The backend suite over strings.</summary>
public sealed class StringsSuite() : BackendSuite(Plugin.Name)
{
    private static readonly TestTensor Sample = TestTensor.OfBytes([4], "Füße"u8.ToArray(), [], [0, 255, 0], "a string too long to live inside its object"u8.ToArray());

    protected override IReadOnlyDictionary<string, TestTensor> ExpectedOutputs => new Dictionary<string, TestTensor> { ["y"] = Sample };

    protected override ModelSource CreateModel(TempDirectory directory) => Source(directory.Write("model.onnx", Models.Strings().Build()));

    protected override IReadOnlyList<TestTensor?> CreateInputs() => [Sample];
}
