using Camshaft.Backends;
using Camshaft.Testing;

namespace Camshaft.Plugins.Sample.Tests;

/// <summary>The suite that every backend passes, over the identity.</summary>
public sealed class IdentitySuite() : BackendSuite("Sample")
{
    protected override IReadOnlyDictionary<string, TestTensor> ExpectedOutputs => new Dictionary<string, TestTensor> { ["OUTPUT0"] = TestTensor.Of([3], 1f, -2f, 3.5f) };

    protected override ModelSource CreateModel(TempDirectory directory) => Source(directory.Write("model.sample", "operation: identity\ndatatype: FP32\n"u8));

    protected override IReadOnlyList<TestTensor?> CreateInputs() => [TestTensor.Of([3], 1f, -2f, 3.5f)];
}
