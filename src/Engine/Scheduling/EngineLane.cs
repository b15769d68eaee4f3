using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// A lane as the scheduler has it: the device's lane and the run that it carries. Whoever took it from the scheduler is
/// alone with it until it is given back.
/// </summary>
internal class EngineLane : IDisposable
{
    private readonly DeviceScheduler _scheduler;

    public EngineLane(DeviceScheduler scheduler, ILane native)
    {
        _scheduler = scheduler;
        Native = native;
        Run = new ModelRun(this);
    }

    public ILane Native { get; }

    public ModelRun Run { get; }

    /// <summary>The first request of the batch that runs here now; null while the lane is free. Guarded by the scheduler's lock.</summary>
    public InferenceRequest? Request { get; set; }

    /// <summary>Whether nobody waits for the batch any more. Guarded by the scheduler's lock.</summary>
    public bool IsAbandoned
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

    /// <summary>Ends a run that its backend completed later. Any thread.</summary>
    public virtual void FinishPending(InferenceStatus status) => _scheduler.FinishPending(this, status);

    public virtual void Dispose()
    {
        Run.Dispose();
        Native.Dispose();
    }
}
