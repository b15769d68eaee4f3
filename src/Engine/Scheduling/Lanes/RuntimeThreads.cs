namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>
/// The threads that the runtime starts when they are first needed, and that live as long as the process: of timers, and of
/// background garbage collection. They inherit how much the thread yields that needs them first, so that is to be one that does not.
/// </summary>
internal static class RuntimeThreads
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    private static int _isStarted;

    /// <summary>Starts them, at the calling thread's nice value. More than once does no harm.</summary>
    public static void Start()
    {
        if (Interlocked.Exchange(ref _isStarted, 1) == 1)
        {
            return;
        }

        using (new Timer(static _ => { }, null, Never, Timeout.InfiniteTimeSpan))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);
        }
    }
}
