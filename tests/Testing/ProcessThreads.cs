using System.Globalization;

namespace Camshaft.Testing;

/// <summary>The threads of this process as Linux shows them, with their nice values.</summary>
public static class ProcessThreads
{
    // /proc/<pid>/task/<tid>/stat (proc_pid_stat(5)): field 19 is nice; fields count from behind the name, which is field 2.
    private const int NiceAfterName = 19 - 3;

    /// <summary>The nice value of the calling thread.</summary>
    public static int OwnNice => Parse(File.ReadAllText("/proc/thread-self/stat")).Nice;

    /// <summary>Every thread, by name and nice value.</summary>
    public static IReadOnlyList<(string Name, int Nice)> List()
    {
        var threads = new List<(string, int)>();
        foreach (var directory in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                threads.Add(Parse(File.ReadAllText(Path.Combine(directory, "stat"))));
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return threads;
    }

    private static (string Name, int Nice) Parse(string stat)
    {
        var (start, end) = (stat.IndexOf('(', StringComparison.Ordinal) + 1, stat.LastIndexOf(')'));
        return (stat[start..end], int.Parse(stat[(end + 2)..].Split(' ')[NiceAfterName], CultureInfo.InvariantCulture));
    }
}
