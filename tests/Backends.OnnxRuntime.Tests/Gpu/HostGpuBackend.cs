using Camshaft.Backends.OnnxRuntime.Gpu;
using Camshaft.Backends.OnnxRuntime.Native;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

/// <summary>All of a backend for GPUs but its execution provider: ONNX Runtime's processors run the models, and the GPU's memory is the host's.</summary>
internal sealed class HostGpuBackend : OnnxRuntimeGpuBackend
{
    private readonly GraphRecorder? _recorder;
    private readonly SessionWatch? _watch;
    private readonly bool _keepsEngines;

    /// <param name="cacheDirectory">Where engines are kept; null = nowhere.</param>
    /// <param name="recorder">Records runs as CUDA's execution provider does; null = nobody does.</param>
    /// <param name="watch">Watches over sessions; null = nobody does.</param>
    /// <param name="timeProvider">The clock.</param>
    public HostGpuBackend(string? cacheDirectory = null, GraphRecorder? recorder = null, SessionWatch? watch = null, TimeProvider? timeProvider = null)
    {
        _recorder = recorder;
        _watch = watch;
        _keepsEngines = recorder is null;
        Start(new BackendContext(new Dictionary<string, string> { ["NativeDirectory"] = NativeDirectory }, 1, Log)
        {
            CacheDirectory = cacheDirectory,
            TimeProvider = timeProvider ?? TimeProvider.System,
        });
    }

    public override string Name => "host";

    public TestLog Log { get; } = new();

    /// <summary>Where the tests' own ONNX Runtime is.</summary>
    public static string NativeDirectory { get; } = Path.GetDirectoryName(
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "runtimes", OrtLibrary.Platform), OrtLibrary.FileName, SearchOption.AllDirectories).Single())!;

    /// <summary>ONNX Runtime's name of the memory that tensors lie in.</summary>
    public string Memory { get; init; } = "Cpu";

    protected override IReadOnlyList<string> ProviderLibraries => [];

    protected override string MemoryName => Memory;

    protected override bool KeepsEngines => _keepsEngines;

    public int CountSessions() => Log.Entries.Count(static entry => entry.Message.Contains("a session for lane", StringComparison.Ordinal));

    internal override OrtApiTable LoadLibrary(string directory)
    {
        var library = base.LoadLibrary(directory);
        return _recorder?.Wrap(library) ?? _watch?.Wrap(library) ?? library;
    }

    protected override void AddExecutionProviders(GpuSession session) => _watch?.Add(session);
}
