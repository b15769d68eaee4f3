using Camshaft.Backends;
using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>A lane beside the scheduler's, on which a model runs before it serves. One thread uses it.</summary>
internal sealed class WarmUpLane(DeviceScheduler scheduler) : EngineLane(scheduler, scheduler.Device.CreateLane(LaneSet.WarmUpIndex), LaneClass.Any)
{
    private readonly SemaphoreSlim _finished = new(0);
    private InferenceStatus _status;

    /// <inheritdoc/>
    public override void FinishPending(InferenceStatus status)
    {
        _status = status;
        _finished.Release();
    }

    /// <inheritdoc/>
    public override void EndLater(InferenceStatus status) => FinishPending(status);

    /// <summary>Waits for a run that its backend completes later, for as long as that takes: until then its memory is the backend's.</summary>
    public InferenceStatus WaitForPending()
    {
        _finished.Wait();
        return _status;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _finished.Dispose();
        base.Dispose();
    }
}
