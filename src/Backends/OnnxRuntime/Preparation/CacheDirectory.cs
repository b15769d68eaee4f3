using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>
/// The directory of the model cache: this user's and nobody else's, since files in it are mapped, and whoever could shorten a
/// mapped file could end the process. Several servers of one user may use it at once: what is written there is written beside,
/// then renamed, never changed, only removed.
/// </summary>
internal sealed class CacheDirectory
{
    // No model takes that long to prepare; what is older was left behind by a server that was killed.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(6);

    private readonly string _temporary;

    private CacheDirectory(string path)
    {
        Entries = Path.Combine(path, "entries");
        Hashes = Path.Combine(path, "hashes");
        _temporary = Path.Combine(path, "temporary");
    }

    /// <summary>Holds a directory for each prepared model.</summary>
    public string Entries { get; }

    /// <summary>Holds a file for each model file that was read.</summary>
    public string Hashes { get; }

    /// <summary>Makes or opens it.</summary>
    /// <exception cref="IOException">It cannot be made, or others may read or write it.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be reached or made.</exception>
    public static CacheDirectory Open(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            CheckPrivate(path);
        }

        var directory = new CacheDirectory(path);
        foreach (var part in new[] { directory.Entries, directory.Hashes, directory._temporary })
        {
            Directory.CreateDirectory(part);
        }

        directory.RemoveAbandoned();
        return directory;
    }

    /// <summary>A path on the same file system that nothing has.</summary>
    public string NewTemporaryPath() => Path.Combine(_temporary, Guid.NewGuid().ToString("N"));

    /// <summary>Removes an entry: at once for those who look for it, while those who have mapped its files keep them.</summary>
    public void Remove(string entryPath)
    {
        var removed = NewTemporaryPath();
        try
        {
            Directory.Move(entryPath, removed);
        }
        catch (DirectoryNotFoundException)
        {
            // Another server was faster.
            return;
        }

        Directory.Delete(removed, recursive: true);
    }

    private static void CheckPrivate(string path)
    {
        // .NET knows no owners; elsewhere than on Linux the permissions have to do.
        if (OperatingSystem.IsLinux())
        {
            var statistics = Posix.GetStatistics(path, followLinks: false);
            if (!statistics.IsDirectory || statistics.IsOpenToOthers || statistics.UserId != Posix.GetEffectiveUserId())
            {
                throw new IOException($"'{path}' must be a directory of the server's own user that nobody else can open (mode 0700).");
            }
        }
        else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)) != 0)
        {
            throw new IOException($"'{path}' must be a directory that nobody else can open (mode 0700).");
        }
    }

    private void RemoveAbandoned()
    {
        foreach (var left in new DirectoryInfo(_temporary).GetFileSystemInfos().Where(static left => DateTime.UtcNow - left.LastWriteTimeUtc > Abandoned))
        {
            if (left is DirectoryInfo directory)
            {
                directory.Delete(recursive: true);
            }
            else
            {
                left.Delete();
            }
        }
    }
}
