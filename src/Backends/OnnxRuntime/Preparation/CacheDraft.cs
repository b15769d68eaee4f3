using System.Text.Json;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>An entry while it is written, where nobody looks for it. Gone when it is disposed, unless it has become an entry.</summary>
internal sealed class CacheDraft : IDisposable
{
    public CacheDraft(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
    }

    /// <summary>Its directory.</summary>
    public string Path { get; }

    /// <summary>Writes the manifest and makes all of it durable.</summary>
    public void Complete(EntryManifest manifest)
    {
        File.WriteAllBytes(System.IO.Path.Combine(Path, EntryManifest.FileName), JsonSerializer.SerializeToUtf8Bytes(manifest, CacheJson.Default.EntryManifest));
        foreach (var file in Directory.EnumerateFiles(Path))
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.FlushToDisk(handle);
        }

        if (OperatingSystem.IsLinux())
        {
            Posix.FlushDirectory(Path);
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
