using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;

namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>A batch on a simulated lane.</summary>
internal sealed class LaneRun(SchedulingDecision decision, LaneClass lane, int[] requests, int rows, long start, double cpuTicks)
{
    public SchedulingDecision Decision => decision;

    public LaneClass Lane => lane;

    /// <summary>The requests of the batch, by their place among the arrivals.</summary>
    public int[] Requests => requests;

    public int Rows => rows;

    public long Start => start;

    public double CpuTicks { get; } = cpuTicks;

    public double RemainingTicks { get; set; } = cpuTicks;
}
