using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Camshaft.BinaryBenchmark.Load;

/// <summary>Sends requests at times drawn by lot, whether answers have come or not, and takes the time of each from when it was to be sent.</summary>
internal static unsafe partial class OpenLoop
{
    private const int MonotonicClock = 1; // CLOCK_MONOTONIC, which Stopwatch counts as well
    private const int AbsoluteTime = 1; // TIMER_ABSTIME
    private const long Nanoseconds = 1_000_000_000;

    // Longer ago than any answer takes to come.
    private const int MostUnderWay = 1 << 16;

    /// <summary>Runs one turn on one connection.</summary>
    /// <param name="connection">The connection; its depth bounds how many answers are taken at once.</param>
    /// <param name="rate">Requests a second, on average; times between them are exponential.</param>
    /// <param name="count">How many requests.</param>
    /// <param name="seed">By which the times are drawn.</param>
    /// <returns>The median time and the one that one in a hundred exceeds, in microseconds.</returns>
    public static (double P50, double P99) Run(RawConnection connection, double rate, int count, int seed)
    {
        var due = new long[MostUnderWay];
        var times = new long[count];
        var receiver = new Thread(() => Receive(connection, due, times));
        receiver.Start();
        var random = new Random(seed);
        double next = Stopwatch.GetTimestamp() + (Nanoseconds / 100);
        for (var id = 1; id <= count; id++)
        {
            next -= Math.Log(1 - random.NextDouble()) * Nanoseconds / rate;
            SleepUntil((long)next);
            Volatile.Write(ref due[id % MostUnderWay], (long)next);
            connection.SendAs((ulong)id);
        }

        receiver.Join();
        Array.Sort(times);
        return (times[count / 2] / 1000.0, times[(int)(0.99 * (count - 1))] / 1000.0);
    }

    private static void Receive(RawConnection connection, long[] due, long[] times)
    {
        var ids = new ulong[connection.Depth];
        var rest = 0;
        for (var received = 0; received < times.Length;)
        {
            var answers = connection.ReceiveIds(ref rest, ids);
            var now = Stopwatch.GetTimestamp();
            for (var i = 0; i < answers; i++)
            {
                times[received++] = now - Volatile.Read(ref due[ids[i] % MostUnderWay]);
            }
        }
    }

    private static void SleepUntil(long nanoseconds)
    {
        var time = stackalloc long[] { nanoseconds / Nanoseconds, nanoseconds % Nanoseconds };
        while (Stopwatch.GetTimestamp() < nanoseconds)
        {
            _ = Sleep(MonotonicClock, AbsoluteTime, time, null);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, long* time, long* rest);
}
