using System.Diagnostics;
using System.Globalization;

namespace Camshaft.EngineBenchmark.Measuring;

/// <summary>Measures who keeps the processors busy from the moment when it is made. What the system does not tell counts as nothing.</summary>
internal sealed class ProcessorMeter
{
    // The kernel counts in hundredths of a second whatever its clock is.
    private const double TicksPerSecond = 100;

    // As Linux shows the names of the engine's lanes, cut after 15 letters.
    private static readonly string[] LaneNames = ["camshaft-any-", "camshaft-short-", "camshaft-medium", "camshaft-long-"];

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TimeSpan _own = Environment.CpuUsage.TotalTime;
    private readonly double _busySeconds = ReadBusySeconds();
    private readonly double _laneSeconds = ReadLaneSeconds();

    /// <summary>Reads it.</summary>
    public ProcessorUse Read()
    {
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        var own = (Environment.CpuUsage.TotalTime - _own).TotalSeconds;
        return new ProcessorUse(own / seconds, (ReadLaneSeconds() - _laneSeconds) / seconds, Math.Max(0, (ReadBusySeconds() - _busySeconds - own) / seconds));
    }

    private static double ReadBusySeconds()
    {
        if (!File.Exists("/proc/stat"))
        {
            return 0;
        }

        // user, nice, system, idle, iowait, irq, softirq, steal; what guests take is in user already.
        var counts = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(static count => long.Parse(count, CultureInfo.InvariantCulture)).ToArray();
        return (counts.Sum() - counts[3] - counts[4]) / TicksPerSecond;
    }

    // Lanes live as long as their engine, so none of their time is lost.
    private static double ReadLaneSeconds() => !Directory.Exists("/proc/self/task") ? 0 : Directory.EnumerateDirectories("/proc/self/task")
        .Where(static thread => LaneNames.Any(TryRead(thread, "comm").StartsWith))
        .Sum(static thread => long.TryParse(TryRead(thread, "schedstat").Split(' ')[0], CultureInfo.InvariantCulture, out var nanoseconds) ? nanoseconds / 1e9 : 0);

    private static string TryRead(string thread, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, file));
        }
        catch (IOException)
        {
            // The thread has ended.
            return "";
        }
    }
}
