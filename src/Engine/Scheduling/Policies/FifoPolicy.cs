using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>First come, first served, over all models and lanes; the baseline that other policies are measured against.</summary>
public sealed class FifoPolicy : ISchedulingPolicy
{
    /// <inheritdoc/>
    public string Name => "fifo";

    /// <inheritdoc/>
    public bool UsesLaneClasses => false;

    /// <inheritdoc/>
    public SchedulingDecision Decide(in DeviceState device, LaneClass lane) => ArrivalOrder.Decide(device, LaneClass.Any);
}
