using System.Runtime.InteropServices;

namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>
/// How much a thread yields to others: on Linux its nice value and the length of its time slice, which are a thread's own
/// there; elsewhere <see cref="Thread.Priority"/>, which does nothing on Linux. Set once, at the start of a dedicated thread: threads
/// that it starts inherit the nice value, and taking it back needs a privilege.
/// </summary>
internal static unsafe class ThreadNice
{
    /// <summary>The nice value of threads that must not hold up short runs: a tenth of the weight of a thread at 0.</summary>
    public const int Background = 10;

    // Nice values alone are not enough where threads come and go: Linux lets a thread that has just started go on to the end of its
    // slice, unless one wakes whose slice is shorter. Beside three niced threads that computed for 5 ms and rested, a thread that woke each
    // millisecond was late by 2.0 ms or more one time in ten, and with this slice by 0.08 ms (Linux 6.18, two processors).
    private const ulong SliceNanoseconds = 20_000_000;

    // <sys/resource.h>: PRIO_PROCESS with an id of 0 is the calling thread on Linux.
    private const int PriorityOfProcess = 0;

    private static readonly delegate* unmanaged[Cdecl]<int, uint, int, int> SetPriority = (delegate* unmanaged[Cdecl]<int, uint, int, int>)Find("setpriority");

    private static readonly delegate* unmanaged[Cdecl]<nint, nint, SchedulingAttributes*, nint, nint> SystemCall =
        (delegate* unmanaged[Cdecl]<nint, nint, SchedulingAttributes*, nint, nint>)Find("syscall");

    // The number of sched_setattr(2), from the kernel's <asm/unistd.h>; glibc has no name for it before 2.41.
    private static readonly nint SetAttributes = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 314,
        Architecture.Arm64 => 274,
        _ => 0,
    };

    /// <summary>The nice value of threads that must hold up nothing: a seventieth of the weight of a thread at 0.</summary>
    public const int Last = 19;

    /// <summary>Lets the calling thread yield to all others from now on.</summary>
    /// <param name="nice">How much: <see cref="Background"/> or <see cref="Last"/>.</param>
    public static void YieldFromNowOn(int nice = Background)
    {
        if (SetPriority is null)
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
            return;
        }

        // Refused only where the thread yields more already.
        _ = SetPriority(PriorityOfProcess, 0, nice);
        if (SystemCall is not null && SetAttributes != 0)
        {
            // Linux before 6.12 takes the slice and makes nothing of it; a sandbox may refuse the call, and then it is as it was.
            var attributes = new SchedulingAttributes { Size = (uint)sizeof(SchedulingAttributes), Nice = nice, Runtime = SliceNanoseconds };
            _ = SystemCall(SetAttributes, 0, &attributes, 0);
        }
    }

    private static void* Find(string name) =>
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), name, out var address) ? (void*)address : null;

    // struct sched_attr of sched_setattr(2), its first version; policy 0 is SCHED_OTHER, whose slice is the runtime.
    private struct SchedulingAttributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
