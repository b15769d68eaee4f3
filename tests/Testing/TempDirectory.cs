namespace Camshaft.Testing;

/// <summary>A directory of its own for one test; gone with it.</summary>
public sealed class TempDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("camshaft-");

    /// <summary>Its absolute path.</summary>
    public string FullPath => _directory.FullName;

    /// <summary>Writes a file, making the directories on the way.</summary>
    /// <returns>The file's absolute path.</returns>
    public string Write(string relativePath, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(FullPath, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Delete(recursive: true);
}
