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

    /// <summary>What runs here now; null while the lane is free. Guarded by the scheduler's lock.</summary>
    public InferenceRequest? Request { get; set; }

    public void Dispose()
    {
        Run.Dispose();
        Native.Dispose();
    }
}
