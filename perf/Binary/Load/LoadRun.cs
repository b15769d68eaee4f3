using System.Diagnostics;

namespace Camshaft.BinaryBenchmark.Load;

/// <summary>Keeps connections busy, each on a thread of its own, for as long as one turn lasts.</summary>
/// <param name="server">Whom they ask.</param>
/// <param name="connections">The connections.</param>
internal sealed class LoadRun(MeasuredProcess server, IReadOnlyList<RawConnection> connections)
{
    private const int MostTimes = 1 << 16;

    private readonly long[][] _times = [.. connections.Select(static _ => new long[MostTimes])];

    /// <summary>Runs one turn.</summary>
    public LoadResult Run(TimeSpan duration)
    {
        var counts = new long[connections.Count];
        var taken = new int[connections.Count];
        using var start = new Barrier(connections.Count + 1);
        var end = 0L;
        var threads = connections.Select((connection, index) => new Thread(() =>
        {
            start.SignalAndWait();
            (counts[index], taken[index]) = Keep(connection, Volatile.Read(ref end), _times[index]);
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        var processorTime = server.ProcessorTime;
        var allocated = server.AllocatedBytes;
        var began = Stopwatch.GetTimestamp();
        Volatile.Write(ref end, began + (long)(duration.TotalSeconds * Stopwatch.Frequency));
        start.SignalAndWait();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        var elapsed = Stopwatch.GetElapsedTime(began);
        var times = _times.SelectMany((list, index) => list.Take(taken[index])).Order().ToArray();
        var answers = (double)counts.Sum();
        return new LoadResult(
            answers / elapsed.TotalSeconds,
            At(times, 0.5),
            At(times, 0.99),
            (server.ProcessorTime - processorTime).TotalMicroseconds / answers,
            (server.AllocatedBytes - allocated) / answers);
    }

    // A turn of a deep connection takes as long as its answers take to come; divided, it would not be a time of anything.
    private static (long Count, int Taken) Keep(RawConnection connection, long end, long[] times)
    {
        var count = 0L;
        var taken = 0;
        if (connection.Depth == 1)
        {
            for (var now = Stopwatch.GetTimestamp(); now < end; count++)
            {
                connection.Ask();
                var then = Stopwatch.GetTimestamp();
                times[taken] = then - now;
                taken = Math.Min(taken + 1, times.Length - 1);
                now = then;
            }

            return (count, taken);
        }

        connection.Begin();
        var (underWay, rest) = (connection.Depth, 0);
        while (underWay > 0)
        {
            var isLast = Stopwatch.GetTimestamp() >= end;
            var answers = connection.Turn(ref rest, isLast);
            count += answers;
            underWay -= isLast ? answers : 0;
        }

        return (count, 0);
    }

    private static double At(long[] sorted, double quantile) =>
        sorted.Length == 0 ? double.NaN : sorted[(int)(quantile * (sorted.Length - 1))] * 1e6 / Stopwatch.Frequency;
}
