using Camshaft.Backends.OnnxRuntime.Gpu;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

/// <summary>All of a backend for GPUs but its execution provider: ONNX Runtime's processors run the models, and the GPU's memory is the host's.</summary>
internal sealed class HostGpuBackend : OnnxRuntimeGpuBackend
{
    public HostGpuBackend(string? cacheDirectory = null) => Start(
        new BackendContext(new Dictionary<string, string> { ["NativeDirectory"] = NativeDirectory }, 1, Log) { CacheDirectory = cacheDirectory });

    public override string Name => "host";

    public TestLog Log { get; } = new();

    /// <summary>Where the tests' own ONNX Runtime is.</summary>
    public static string NativeDirectory { get; } = Path.GetDirectoryName(
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "runtimes", Native.OrtLibrary.Platform), Native.OrtLibrary.FileName, SearchOption.AllDirectories).Single())!;

    protected override IReadOnlyList<string> ProviderLibraries => [];

    protected override string MemoryName => "Cpu";

    protected override bool KeepsEngines => true;

    protected override void AddExecutionProviders(GpuSession session)
    {
    }

    public int CountSessions() => Log.Entries.Count(static entry => entry.Message.Contains("a session for lane", StringComparison.Ordinal));
}
