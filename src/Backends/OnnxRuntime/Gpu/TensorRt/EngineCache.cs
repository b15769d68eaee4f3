using Camshaft.Backends.OnnxRuntime.Preparation;

namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>
/// The engines that TensorRT has built, in the backend's cache directory: a directory for each, within a bound of bytes; those used longest
/// ago go first. TensorRT reads an engine whole, so nothing that runs needs the files. Any thread, several processes.
/// </summary>
internal sealed class EngineCache(CacheDirectory directory, string path, long byteSizeLimit)
{
    private readonly ModelHashes _hashes = new(directory);
    private readonly string _engines = Path.Combine(path, "engines");
    private readonly string _timings = Path.Combine(path, "timings");

    /// <summary>The hash of a model and its weights.</summary>
    /// <exception cref="IOException">A file is missing, or changes meanwhile.</exception>
    /// <exception cref="InvalidDataException">It is no model.</exception>
    public string FindHash(string modelPath, CancellationToken cancellationToken) => _hashes.Find(modelPath, cancellationToken).Hash;

    /// <summary>Makes room, and a place for an engine unless there is one.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public EnginePlace Open(EngineIdentity identity)
    {
        var engine = Directory.CreateDirectory(Path.Combine(_engines, identity.EngineKey));
        engine.LastWriteTimeUtc = DateTime.UtcNow;
        RemoveLeastRecentlyUsed(engine.Name);
        return new EnginePlace(engine.FullName, Directory.CreateDirectory(Path.Combine(_timings, identity.TimingKey)).FullName);
    }

    private void RemoveLeastRecentlyUsed(string kept)
    {
        var rest = byteSizeLimit;
        foreach (var engine in new DirectoryInfo(_engines).GetDirectories().OrderByDescending(static engine => engine.LastWriteTimeUtc))
        {
            rest -= engine.EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length);
            if (rest < 0 && engine.Name != kept)
            {
                directory.Remove(engine.FullName);
            }
        }
    }
}
