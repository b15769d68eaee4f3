using System.Runtime.InteropServices;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// How much a thread yields to others: on Linux its nice value, which is a thread's own there; elsewhere
/// <see cref="Thread.Priority"/>, which does nothing on Linux. Set once, at the start of a dedicated thread: threads that
/// it starts inherit it, and taking it back needs a privilege.
/// </summary>
internal static unsafe class ThreadNice
{
    /// <summary>The nice value of threads that must not hold up short runs: a tenth of the weight of a thread at 0.</summary>
    public const int Background = 10;

    // <sys/resource.h>: PRIO_PROCESS with an id of 0 is the calling thread on Linux.
    private const int PriorityOfProcess = 0;

    private static readonly delegate* unmanaged[Cdecl]<int, uint, int, int> SetPriority = FindSetPriority();

    /// <summary>Lets the calling thread yield to all others from now on.</summary>
    public static void YieldFromNowOn()
    {
        if (SetPriority is not null)
        {
            // Refused only where the thread yields more already.
            _ = SetPriority(PriorityOfProcess, 0, Background);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    private static delegate* unmanaged[Cdecl]<int, uint, int, int> FindSetPriority() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "setpriority", out var address)
            ? (delegate* unmanaged[Cdecl]<int, uint, int, int>)address
            : null;
}
