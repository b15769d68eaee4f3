using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Camshaft.Load.Running;

/// <summary>
/// The system's clock. On Linux a thread sleeps to the nanosecond as far as the kernel's timer allows; elsewhere
/// by the millisecond, and what is late by it shows in the report. Nothing spins.
/// </summary>
internal sealed partial class MonotonicClock : IRunClock
{
    // A cancelled run ends within that time.
    private const long LongestSleepNanoseconds = 100_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;
    private const int SetTimerSlack = 29;

    // CLOCK_MONOTONIC is what Stopwatch reads on Linux, so a moment of this clock is one of the kernel's.
    private static readonly bool SleepsExactly = OperatingSystem.IsLinux() && nint.Size == sizeof(long) && Stopwatch.Frequency == NanosecondsPerSecond;

    private static readonly double NanosecondsPerTick = (double)NanosecondsPerSecond / Stopwatch.Frequency;

    // The slack is the thread's own.
    [ThreadStatic]
    private static bool _hasShortSlack;

    public long Now => Stopwatch.Frequency == NanosecondsPerSecond ? Stopwatch.GetTimestamp() : (long)(Stopwatch.GetTimestamp() * NanosecondsPerTick);

    public void WaitUntil(long time, CancellationToken cancellationToken)
    {
        for (var left = time - Now; left > 0; left = time - Now)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (OperatingSystem.IsLinux() && SleepsExactly)
            {
                // Returns early for a signal, of which the runtime sends some; the loop sees to that.
                SleepUntil(Math.Min(time, time - left + LongestSleepNanoseconds));
            }
            else
            {
                Thread.Sleep((int)(Math.Min(left, LongestSleepNanoseconds) / 1_000_000) is var milliseconds && milliseconds > 0 ? milliseconds : 1);
            }
        }
    }

    public bool WaitForAnswers(InFlightCount inFlight, int atMost, long deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = Math.Max(0, deadline - Now);
            if (inFlight.Wait(atMost, TimeSpan.FromMicroseconds(Math.Min(left, LongestSleepNanoseconds) / 1000.0)))
            {
                return true;
            }

            if (left == 0)
            {
                return false;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    [SupportedOSPlatform("linux")]
    private static void SleepUntil(long time)
    {
        if (!_hasShortSlack)
        {
            // The kernel rounds sleeps up by 50 µs unless it is told not to; measured, the median of the lateness fell from 80 to 30 µs.
            _ = ProcessControl(SetTimerSlack, 1);
            _hasShortSlack = true;
        }

        var until = new TimeSpecification { Seconds = (nint)(time / NanosecondsPerSecond), Nanoseconds = (nint)(time % NanosecondsPerSecond) };
        _ = ClockNanosleep(ClockMonotonic, AbsoluteTime, in until, 0);
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    [SupportedOSPlatform("linux")]
    private static partial int ClockNanosleep(int clock, int flags, in TimeSpecification time, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    [SupportedOSPlatform("linux")]
    private static partial int ProcessControl(int option, nint value);

    /// <summary>C's <c>struct timespec</c> where a long has the size of a pointer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
