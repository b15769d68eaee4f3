namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>A prepared model on disk.</summary>
/// <param name="Path">Its directory.</param>
/// <param name="Manifest">What it says of itself.</param>
internal sealed record CacheEntry(string Path, EntryManifest Manifest)
{
    /// <summary>The model file that ONNX Runtime is to load.</summary>
    public string ModelPath => Locate(Manifest.Files[0]);

    /// <summary>What its files take; all but the model file are mapped.</summary>
    public ModelFiles Files
    {
        get
        {
            var mapped = Manifest.Files.Skip(1).Sum(static file => file.ByteSize);
            return new ModelFiles(Manifest.Files[0].ByteSize + mapped, mapped);
        }
    }

    /// <summary>Where one of its files lies.</summary>
    public string Locate(EntryManifest.EntryFile file) => System.IO.Path.Combine(Path, file.Name);

    /// <summary>Whether the files are there and as long as they were written; their bytes are not read.</summary>
    public bool HasItsSizes() => Manifest.Files.All(file => new FileInfo(Locate(file)) is { Exists: true } found && found.Length == file.ByteSize);

    /// <summary>What its files are, by which a change to one of them shows without a look at its bytes.</summary>
    /// <exception cref="IOException">One is not there any more.</exception>
    public string Identify() => string.Join('\n', Manifest.Files.Select(file => FileIdentity.Read(Locate(file)).ToString()));

    /// <summary>Finds a file whose bytes are not those that were written; null when there is none. Reads them all.</summary>
    /// <exception cref="IOException">A file cannot be read, perhaps because the entry was removed meanwhile.</exception>
    public string? FindDamage(CancellationToken cancellationToken) =>
        Manifest.Files.FirstOrDefault(file => FileHash.Compute(Locate(file), cancellationToken) != file.Sha256)?.Name;
}
