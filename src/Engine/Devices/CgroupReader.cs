using System.Globalization;

namespace Camshaft.Engine.Devices;

/// <summary>
/// Reads what the control groups (version 2) of the process allow: the least of its own group's limits and of those above it, and the
/// processors that it may run on. Everything is read anew each time. Where there are no such files there is no limit.
/// </summary>
/// <param name="root">Where the control groups are mounted.</param>
/// <param name="processDirectory">The directory of the process in <c>/proc</c>.</param>
internal sealed class CgroupReader(string root = "/sys/fs/cgroup", string processDirectory = "/proc/self")
{
    /// <summary>Reads the limits.</summary>
    public ContainerLimits Read()
    {
        double processors = CountAllowedProcessors() ?? Environment.ProcessorCount;
        long? memory = null;
        for (var directory = FindGroup(); directory.Length >= root.Length; directory = Path.GetDirectoryName(directory)!)
        {
            if (ReadFile(Path.Combine(directory, "cpu.max")) is { } quota && TryParseQuota(quota, out var share))
            {
                processors = Math.Min(processors, share);
            }

            if (long.TryParse(ReadFile(Path.Combine(directory, "memory.max")), NumberStyles.None, CultureInfo.InvariantCulture, out var byteSize))
            {
                memory = Math.Min(memory ?? long.MaxValue, byteSize);
            }
        }

        return new ContainerLimits(Math.Max(1, (int)Math.Ceiling(processors)), memory);
    }

    // "100000 50000": microseconds of processor time in each period of so many; "max 100000": no quota.
    private static bool TryParseQuota(string text, out double processors)
    {
        processors = 0;
        if (text.Split(' ') is not [var quotaText, var periodText]
            || !long.TryParse(quotaText, NumberStyles.None, CultureInfo.InvariantCulture, out var quota)
            || !long.TryParse(periodText, NumberStyles.None, CultureInfo.InvariantCulture, out var period)
            || period == 0)
        {
            return false;
        }

        processors = (double)quota / period;
        return true;
    }

    // "Cpus_allowed_list:	0-3,8": unlike the runtime's count it follows changes.
    private int? CountAllowedProcessors()
    {
        const string Name = "Cpus_allowed_list:";
        var list = ReadFile(Path.Combine(processDirectory, "status"))?.Split('\n').FirstOrDefault(static line => line.StartsWith(Name, StringComparison.Ordinal));
        var count = 0;
        foreach (var range in list?[Name.Length..].Trim().Split(',') ?? [])
        {
            var ends = range.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            {
                return null;
            }

            count += last - first + 1;
        }

        return count > 0 ? count : null;
    }

    // "0::/path" is the line of version 2; the path counts from the mount.
    private string FindGroup()
    {
        const string Prefix = "0::/";
        var line = ReadFile(Path.Combine(processDirectory, "cgroup"))?.Split('\n').FirstOrDefault(static line => line.StartsWith(Prefix, StringComparison.Ordinal));
        var path = line is null ? root : Path.GetFullPath(Path.Combine(root, line[Prefix.Length..]));

        // A container that sees its host's names does not see its host's directories: what is mounted is its own group then.
        return path.StartsWith(root, StringComparison.Ordinal) && Directory.Exists(path) ? path : root;
    }

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
