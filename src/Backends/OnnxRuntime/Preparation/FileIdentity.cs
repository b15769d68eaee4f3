using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>What tells that a file is still the one that was read, without reading it. Device and inode are 0 where .NET alone is asked.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, long ByteSize, long ModifiedNanoseconds)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Reads a file's identity.</summary>
    /// <exception cref="IOException">There is no such file, or it is one without content of its own, a pipe for example.</exception>
    public static FileIdentity Read(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            var file = new FileInfo(path);
            return new FileIdentity(0, 0, file.Length, (file.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100);
        }

        var statistics = Posix.GetStatistics(path, followLinks: true);
        return statistics.IsRegularFile
            ? new FileIdentity(statistics.Device, statistics.Inode, (long)statistics.ByteSize, (statistics.ModifiedSeconds * NanosecondsPerSecond) + statistics.ModifiedNanoseconds)
            : throw new IOException($"'{path}' is no regular file.");
    }

    /// <summary>
    /// Whether the file has rested for so long that another write would have given it another time: the clock of a file system
    /// can stand still for some milliseconds, on some for two seconds.
    /// </summary>
    public bool IsSettled => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100 - ModifiedNanoseconds > 3 * NanosecondsPerSecond;
}
