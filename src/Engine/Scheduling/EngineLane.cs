using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// A lane as the scheduler has it: the device's lane and the run that it carries. Whoever took it from the scheduler is
/// alone with it until it is given back.
/// </summary>
internal sealed class EngineLane : IDisposable
{
    public EngineLane(DeviceScheduler scheduler, ILane native)
    {
        Native = native;
        Run = new ModelRun(scheduler, this);
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

    public void Dispose()
    {
        Run.Dispose();
        Native.Dispose();
    }
}
