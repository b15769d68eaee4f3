namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>
/// The thread of a lane: sleeps until the lane has a batch, and runs it. All threads but those of short lanes yield to all others
/// from their start to their end; so they take no lock that others wait for, and hand finished runs to the completion thread.
/// Ends with <see cref="Dispose"/>, or with a run that was given up.
/// </summary>
internal sealed class LaneWorker : IDisposable
{
    private readonly DeviceScheduler _scheduler;
    private readonly EngineLane _lane;

    // Without spinning: a spin beside busy threads cost milliseconds.
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);
    private readonly Thread _thread;
    private volatile bool _stopping;

    public LaneWorker(DeviceScheduler scheduler, EngineLane lane)
    {
        _scheduler = scheduler;
        _lane = lane;
        _thread = new Thread(Work) { IsBackground = true, Name = $"camshaft-{lane.Class.ToString().ToLowerInvariant()}-{lane.Native.Index}" };
    }

    public static bool IsNiced(LaneClass laneClass) => laneClass is LaneClass.Medium or LaneClass.Long or LaneClass.Background;

    public void Start() => _thread.Start();

    /// <summary>Says that the lane has a batch.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Lets the thread end when its run has. Any thread, that one too.</summary>
    public void EndItself()
    {
        _stopping = true;
        _wake.Set();
    }

    /// <summary>Lets the thread end, and waits for that. Not from that thread.</summary>
    public void Dispose()
    {
        EndItself();
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _thread.Join();
        }

        _wake.Dispose();
    }

    private void Work()
    {
        if (IsNiced(_lane.Class))
        {
            ThreadNice.YieldFromNowOn(_lane.Class == LaneClass.Background ? ThreadNice.Last : ThreadNice.Background);
        }

        while (true)
        {
            _wake.Wait();

            // Nobody sets it again before the batch has been run.
            _wake.Reset();
            if (_stopping)
            {
                return;
            }

            _scheduler.Runs.Run(_lane);
        }
    }
}
