using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Preparation;

/// <summary>The plugin's backend with a model cache, as one server of several has it.</summary>
internal sealed class CachedBackend : IDisposable
{
    private readonly IBackend _backend = (IBackend)Activator.CreateInstance(Plugin.Loaded.Backend.GetType())!;

    public CachedBackend(string directory, long byteSizeLimit = long.MaxValue)
    {
        CacheDirectory = directory;
        _backend.Start(new BackendContext(new Dictionary<string, string>(), 1, Log) { CacheDirectory = directory, CacheByteSizeLimit = byteSizeLimit });
    }

    public TestLog Log { get; } = new();

    public string CacheDirectory { get; }

    /// <summary>The entries of its cache, as paths.</summary>
    public string[] Entries => Directory.GetDirectories(Path.Combine(CacheDirectory, "entries"));

    /// <summary>What is written but not published, or removed but not gone.</summary>
    public string[] Leftovers => Directory.GetFileSystemEntries(Path.Combine(CacheDirectory, "temporary"));

    /// <summary>What it warned of on the way of the cache. ONNX Runtime's own warnings, whichever backend's, are no part of it.</summary>
    public IEnumerable<string> Warnings => Log.Entries
        .Where(static entry => entry.Level >= BackendLogLevel.Warning && (entry.Message.Contains("prepared", StringComparison.Ordinal) || entry.Message.Contains("cache", StringComparison.Ordinal)))
        .Select(static entry => entry.Message);

    public static IReadOnlyDictionary<string, TestTensor> Run(ILoadedModel model, IEnumerable<TestTensor?> inputs)
    {
        using var instance = model.CreateInstance(new TestDevice().CreateLane(0));
        using var execution = new TestExecution(model.Signature, [.. inputs]);
        var status = execution.Run(instance);
        Assert.True(status.IsOk, status.Message);
        return execution.ReadOutputs();
    }

    public ILoadedModel Load(string path, params (string Key, string Value)[] parameters) =>
        Load(new ModelSource { ModelName = "m", Version = 3, FilePath = path, Parameters = parameters.ToDictionary(static pair => pair.Key, static pair => pair.Value) });

    public ILoadedModel Load(ModelSource source) => _backend.Load(source, new TestDevice(), TestContext.Current.CancellationToken);

    public int Count(string text) => Log.Entries.Count(entry => entry.Message.Contains(text, StringComparison.Ordinal));

    public void Dispose() => _backend.Dispose();
}
