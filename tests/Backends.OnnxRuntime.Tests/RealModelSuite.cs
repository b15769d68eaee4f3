using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>The backend suite over a recurrent model: several inputs, a scalar, symbols on different axes.</summary>
public sealed class RealModelSuite() : BackendSuite(Plugin.Name)
{
    protected override ModelSource CreateModel(TempDirectory directory) => Source(TestData.ModelFile("voice_activity"));

    protected override IReadOnlyList<TestTensor?> CreateInputs() => RealModels.VoiceActivityInputs();
}
