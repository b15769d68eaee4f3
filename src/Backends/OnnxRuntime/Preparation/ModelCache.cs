using System.Text.Json;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>
/// Prepared models on disk, by key, within a bound of bytes: what was used longest ago is removed first. Without locks: any
/// thread, several processes; an entry that is found may be gone a moment later.
/// </summary>
internal sealed class ModelCache(CacheDirectory directory, long byteSizeLimit, IBackendLog log)
{
    /// <summary>What a look for an entry has found.</summary>
    public enum Found
    {
        /// <summary>Nothing; what was damaged has been removed.</summary>
        Nothing,

        /// <summary>An entry of the size that it says.</summary>
        Entry,

        /// <summary>An entry of a newer version, which is not to be touched.</summary>
        Unreadable,
    }

    /// <summary>Looks for an entry, and marks it as used.</summary>
    public Found Find(CacheKey key, out CacheEntry? entry)
    {
        entry = null;
        var path = PathOf(key);
        var manifestPath = Path.Combine(path, EntryManifest.FileName);
        if (!Directory.Exists(path))
        {
            return Found.Nothing;
        }

        try
        {
            var text = File.ReadAllBytes(manifestPath);
            if (ReadFormat(text) > EntryManifest.CurrentFormat)
            {
                return Found.Unreadable;
            }

            var manifest = JsonSerializer.Deserialize(text, CacheJson.Default.EntryManifest);
            if (manifest is { Format: EntryManifest.CurrentFormat, Files.Count: > 0 } && manifest.Key == key.Text && new CacheEntry(path, manifest) is var found && found.HasItsSizes())
            {
                MarkUsed(manifestPath);
                entry = found;
                return Found.Entry;
            }
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            // The manifest is damaged or missing, unless the entry has just been removed as a whole.
        }

        Discard(path, "is damaged");
        return Found.Nothing;
    }

    /// <summary>Refuses what would be larger than all entries together may be.</summary>
    /// <exception cref="BackendException">It is.</exception>
    public void CheckRoom(long byteSize)
    {
        if (byteSize > byteSizeLimit)
        {
            throw new BackendException(StatusCode.ResourceExhausted, $"it takes {byteSize} bytes; the model cache may take {byteSizeLimit}");
        }
    }

    /// <summary>Makes an empty directory in which an entry can be written.</summary>
    public CacheDraft CreateDraft() => new(directory.NewTemporaryPath());

    /// <summary>Makes an entry of a draft, for good, and removes others where the bound asks for it.</summary>
    /// <returns><see langword="false"/>: another thread or process has made the same entry meanwhile; the draft is still the caller's.</returns>
    /// <exception cref="BackendException">The entry alone is larger than the bound.</exception>
    public bool TryPublish(CacheDraft draft, CacheKey key, EntryManifest manifest)
    {
        CheckRoom(manifest.Files.Sum(static file => file.ByteSize));
        draft.Complete(manifest);
        var path = PathOf(key);
        try
        {
            Directory.Move(draft.Path, path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            return false;
        }

        if (OperatingSystem.IsLinux())
        {
            Posix.FlushDirectory(directory.Entries);
        }

        RemoveLeastRecentlyUsed(path);
        return true;
    }

    /// <summary>Removes a damaged entry, unless another has it removed already.</summary>
    public void Discard(string entryPath, string why)
    {
        if (Directory.Exists(entryPath))
        {
            directory.Remove(entryPath);
            log.Write(BackendLogLevel.Warning, $"The prepared model '{entryPath}' {why}; it is removed and made again.");
        }
    }

    private static int ReadFormat(byte[] manifest)
    {
        using var document = JsonDocument.Parse(manifest);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("format", out var format)
            && format.ValueKind == JsonValueKind.Number
            && format.TryGetInt32(out var number) ? number : 0;
    }

    private static void MarkUsed(string manifestPath)
    {
        try
        {
            File.SetLastWriteTimeUtc(manifestPath, DateTime.UtcNow);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written can still be read; who keeps it decides what goes.
        }
    }

    private static (string Path, DateTime UsedAt, long ByteSize)? Measure(DirectoryInfo entry)
    {
        try
        {
            return (entry.FullName, File.GetLastWriteTimeUtc(Path.Combine(entry.FullName, EntryManifest.FileName)), entry.EnumerateFiles().Sum(static file => file.Length));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another server has just removed it.
            return null;
        }
    }

    private string PathOf(CacheKey key) => Path.Combine(directory.Entries, key.Text);

    private void RemoveLeastRecentlyUsed(string newest)
    {
        var entries = new DirectoryInfo(directory.Entries).GetDirectories().Select(Measure).OfType<(string Path, DateTime UsedAt, long ByteSize)>().ToList();
        var total = entries.Sum(static entry => entry.ByteSize);
        foreach (var entry in entries.Where(entry => entry.Path != newest).OrderBy(static entry => entry.UsedAt).TakeWhile(_ => total > byteSizeLimit))
        {
            log.Write(BackendLogLevel.Information, $"The prepared model '{entry.Path}' is removed: the model cache has {total} bytes, and may have {byteSizeLimit}.");
            directory.Remove(entry.Path);
            total -= entry.ByteSize;
        }
    }
}
