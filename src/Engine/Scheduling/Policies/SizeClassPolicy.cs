using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>First come, first served, within each class of run length: short runs never queue behind long ones. Knows no objectives and drops nothing.</summary>
public sealed class SizeClassPolicy : ISchedulingPolicy
{
    /// <inheritdoc/>
    public string Name => "size_class";

    /// <inheritdoc/>
    public SchedulingDecision Decide(in DeviceState device, LaneClass lane) =>
        device.Lanes.HasRoom(lane) ? ArrivalOrder.Decide(device, lane) : SchedulingDecision.Idle;
}
