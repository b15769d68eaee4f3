using Camshaft.Testing;

namespace Camshaft.Plugins.CudaModules.Tests.Samples;

/// <summary>The PTX of <c>samples/cuda</c>, as it ships.</summary>
internal static class SampleText
{
    public static string Read(string sample) => File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "samples", "cuda", sample, "1", "module.ptx"));
}
