using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>The processor time of the calling thread, where the system tells it; else the time that passes.</summary>
internal static unsafe class ThreadClock
{
    // clockid_t CLOCK_THREAD_CPUTIME_ID.
    private const int ThreadClockOnLinux = 3;

    private static readonly delegate* unmanaged[Cdecl]<int, TimeSpec*, int> GetTime = FindGetTime();

    /// <summary>Its present value; only differences mean anything.</summary>
    public static TimeSpan Now
    {
        get
        {
            TimeSpec time;
            return GetTime is not null && GetTime(ThreadClockOnLinux, &time) == 0
                ? TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick))
                : Stopwatch.GetElapsedTime(0);
        }
    }

    private static delegate* unmanaged[Cdecl]<int, TimeSpec*, int> FindGetTime() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "clock_gettime", out var address)
            ? (delegate* unmanaged[Cdecl]<int, TimeSpec*, int>)address
            : null;

    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
