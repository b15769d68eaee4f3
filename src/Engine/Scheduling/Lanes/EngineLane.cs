using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Runs;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>
/// A lane as the scheduler has it: the device's lane and the run that it carries. Whoever took it from the scheduler is
/// alone with it until it is given back.
/// </summary>
internal class EngineLane : ICompletion, IDisposable
{
    private readonly DeviceScheduler _scheduler;
    private InferenceStatus _endStatus;
    private bool _isEnding;

    public EngineLane(DeviceScheduler scheduler, ILane native, LaneClass laneClass, string namePrefix = "")
    {
        _scheduler = scheduler;
        Native = native;
        Class = laneClass;
        Run = new ModelRun(this);
        Name = $"{namePrefix}{laneClass.ToString().ToLowerInvariant()}-{native.Index}";
    }

    public ILane Native { get; }

    public LaneClass Class { get; }

    public ModelRun Run { get; }

    /// <summary>How long batches have had it. Guarded by the scheduler's lock.</summary>
    public BusyTime Use;

    /// <summary>The lane's name, as its thread's ends.</summary>
    public string Name { get; }

    /// <summary>The lane's thread; null for a lane that has none of its own.</summary>
    public LaneWorker? Worker { get; set; }

    /// <summary>The first request of the batch that runs here now; null while the lane is free. Guarded by the scheduler's lock.</summary>
    public InferenceRequest? Request { get; set; }

    /// <summary>The device time that the policy has booked for the run. Guarded by the scheduler's lock.</summary>
    public long BookedCpuTicks { get; set; }

    /// <summary>How long the policy expects the run to take; 0 = it was not decided. Guarded by the scheduler's lock.</summary>
    public long ExpectedTicks { get; set; }

    /// <summary>Since when nobody waits for the batch any more; 0 = somebody does. Guarded by the scheduler's lock.</summary>
    public long UnwantedSince { get; set; }

    /// <summary>Whether the run has been given up though its backend has not returned: the lane ends with it. Guarded by the scheduler's lock.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>How the run on it went, once the backend is done. The holder's.</summary>
    public RunResult Result { get; set; }

    /// <summary>The next of the lanes that were given a batch in the same step. The dispatcher's, until the lane is started.</summary>
    public EngineLane? NextToStart { get; set; }

    /// <inheritdoc/>
    public ICompletion? NextCompletion { get; set; }

    /// <summary>Whether nobody waits for the batch any more. Under the scheduler's lock.</summary>
    public bool IsUnwanted
    {
        get
        {
            for (var request = Request; request is not null; request = request.NextInBatch)
            {
                if (request.CancelCode == StatusCode.Ok)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>What it does now, and has done. Under the scheduler's lock.</summary>
    public LaneSnapshot Describe(long now, TimeProvider timeProvider) => new(Native.Device.Kind, Native.Device.Ordinal, Name)
    {
        BusyTime = timeProvider.GetElapsedTime(0, Use.GetTicks(now)),
        RunCount = Use.RunCount,
        Model = Request?.Model,
        Rows = Request is null ? 0 : CountRows(Request),
        RunningFor = Request is null ? TimeSpan.Zero : timeProvider.GetElapsedTime(Use.Since, now),
        IsAbandoned = IsAbandoned,
    };

    /// <summary>Ends a run that its backend completed later. Any thread.</summary>
    public virtual void FinishPending(InferenceStatus status) => _scheduler.Runs.End(this, status, deviceTime: default);

    /// <summary>Ends a run of an accelerator's, which has just said so on a thread that must go on: the completion thread does the rest.</summary>
    public virtual void EndLater(InferenceStatus status)
    {
        _endStatus = status;
        _isEnding = true;
        _scheduler.Runs.PostEnd(this);
    }

    /// <summary>Hands the requests of a run that has ended to their owners, on the thread that does so for niced lanes and accelerators.</summary>
    void ICompletion.Complete()
    {
        if (_isEnding)
        {
            _isEnding = false;
            _scheduler.Runs.End(this, _endStatus, Run.DeviceTime);
        }
        else
        {
            _scheduler.Runs.Finish(this);
        }
    }

    private static int CountRows(InferenceRequest first)
    {
        var rows = 0;
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            rows += request.RowCount;
        }

        return rows;
    }

    public virtual void Dispose()
    {
        Run.Dispose();
        Native.Dispose();
    }
}
