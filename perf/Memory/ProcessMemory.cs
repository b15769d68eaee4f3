using System.Globalization;

namespace Camshaft.MemoryBenchmark;

/// <summary>What a process holds, as the kernel tells it.</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes of anonymous memory: what is in no file, and so what only swapping could take from the process.</summary>
    public static long ReadAnonymous(int processId)
    {
        const string Name = "RssAnon:";
        var line = File.ReadLines($"/proc/{processId}/status").First(static line => line.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line[Name.Length..^"kB".Length], CultureInfo.InvariantCulture) * 1024;
    }
}
