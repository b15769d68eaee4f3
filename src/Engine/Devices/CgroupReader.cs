using System.Buffers.Text;
using System.Text;

namespace Camshaft.Engine.Devices;

/// <summary>
/// Reads what the control groups (version 2) of the process allow: the least of its own group's limits and of those above it, and the
/// processors that it may run on. Everything is read anew each time. Where there are no such files there is no limit. One thread at a time.
/// </summary>
/// <param name="root">Where the control groups are mounted.</param>
/// <param name="processDirectory">The directory of the process in <c>/proc</c>.</param>
internal sealed class CgroupReader(string root = "/sys/fs/cgroup", string processDirectory = "/proc/self")
{
    // The longest, /proc/self/status, has some 1.5 kB; every few seconds a string of each file and line would be most of what an idle server allocates.
    private readonly byte[] _buffer = new byte[16 << 10];

    /// <summary>Reads the limits.</summary>
    public ContainerLimits Read()
    {
        double processors = CountAllowedProcessors() ?? Environment.ProcessorCount;
        long? memory = null;
        for (var directory = FindGroup(); directory.Length >= root.Length; directory = Path.GetDirectoryName(directory)!)
        {
            if (TryParseQuota(ReadFile(Path.Combine(directory, "cpu.max")), out var share))
            {
                processors = Math.Min(processors, share);
            }

            if (TryParse(ReadFile(Path.Combine(directory, "memory.max")), out var byteSize))
            {
                memory = Math.Min(memory ?? long.MaxValue, byteSize);
            }
        }

        return new ContainerLimits(Math.Max(1, (int)Math.Ceiling(processors)), memory);
    }

    // "100000 50000": microseconds of processor time in each period of so many; "max 100000": no quota.
    private static bool TryParseQuota(ReadOnlySpan<byte> text, out double processors)
    {
        processors = 0;
        if (text.IndexOf((byte)' ') is not (> 0 and var space) || !TryParse(text[..space], out var quota) || !TryParse(text[(space + 1)..], out var period) || period == 0)
        {
            return false;
        }

        processors = (double)quota / period;
        return true;
    }

    // "Cpus_allowed_list:	0-3,8": unlike the runtime's count it follows changes.
    private int? CountAllowedProcessors()
    {
        var list = FindLine(ReadFile(Path.Combine(processDirectory, "status")), "Cpus_allowed_list:"u8).Trim(" \t"u8);
        var count = 0L;
        foreach (var range in list.Split((byte)','))
        {
            var ends = list[range];
            var dash = ends.IndexOf((byte)'-');
            if (!TryParse(dash < 0 ? ends : ends[..dash], out var first) || !TryParse(ends[(dash + 1)..], out var last))
            {
                return null;
            }

            count += last - first + 1;
        }

        return count > 0 ? (int)count : null;
    }

    // "0::/path" is the line of version 2; the path counts from the mount.
    private string FindGroup()
    {
        var line = FindLine(ReadFile(Path.Combine(processDirectory, "cgroup")), "0::/"u8);
        var path = line.IsEmpty ? root : Path.GetFullPath(Path.Combine(root, Encoding.UTF8.GetString(line)));

        // A container that sees its host's names does not see its host's directories: what is mounted is its own group then.
        return path.StartsWith(root, StringComparison.Ordinal) && Directory.Exists(path) ? path : root;
    }

    /// <returns>What follows the prefix in the first line that has it; nothing when none has.</returns>
    private static ReadOnlySpan<byte> FindLine(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix)
    {
        foreach (var line in text.Split((byte)'\n'))
        {
            if (text[line].StartsWith(prefix))
            {
                return text[line][prefix.Length..];
            }
        }

        return default;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out var length) && length == text.Length && number >= 0;

    /// <returns>The file's text without the end of its last line; nothing when it cannot be read. Until the next call.</returns>
    private ReadOnlySpan<byte> ReadFile(string path)
    {
        // The groups at the top have no limits; an exception for each would cost more than to look.
        if (!File.Exists(path))
        {
            return default;
        }

        try
        {
            using var file = File.OpenHandle(path);
            var length = 0;
            while (length < _buffer.Length && RandomAccess.Read(file, _buffer.AsSpan(length), length) is > 0 and var read)
            {
                length += read;
            }

            return _buffer.AsSpan(0, length).TrimEnd("\n "u8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
