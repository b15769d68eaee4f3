namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>What became of a simulated request; moments in ticks from the start.</summary>
/// <param name="Arrival">The request.</param>
/// <param name="End">How it ended.</param>
/// <param name="EndTime">When.</param>
public readonly record struct RequestOutcome(Arrival Arrival, RequestEnd End, long EndTime)
{
    /// <summary>From its arrival to its end.</summary>
    public long LatencyTicks => EndTime - Arrival.Time;
}
