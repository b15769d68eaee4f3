namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>What an entry of the cache says of itself, in <c>entry.json</c>; an entry without it is none.</summary>
internal sealed record EntryManifest
{
    /// <summary>The manifest's file name.</summary>
    public const string FileName = "entry.json";

    /// <summary>The layout of entries that this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The entry's layout.</summary>
    public required int Format { get; init; }

    /// <summary>The entry's key.</summary>
    public required string Key { get; init; }

    /// <summary>What the key was made of, for people.</summary>
    public required IReadOnlyList<string> MadeOf { get; init; }

    /// <summary>The files that were written, the model first. Others may lie beside them.</summary>
    public required IReadOnlyList<EntryFile> Files { get; init; }

    /// <summary>How many initialisers were inputs before.</summary>
    public required int StrippedCount { get; init; }

    /// <summary>What optimising and saving took.</summary>
    public required double PrepareMilliseconds { get; init; }

    /// <summary>One file.</summary>
    /// <param name="Name">Its name in the entry.</param>
    /// <param name="ByteSize">Its size.</param>
    /// <param name="Sha256">The hash of its bytes, in hexadecimal.</param>
    internal sealed record EntryFile(string Name, long ByteSize, string Sha256);
}
