using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Objectives;

/// <summary>What counts for an objective within a time.</summary>
/// <param name="Good">The events that kept the promise.</param>
/// <param name="Total">All of them.</param>
public readonly record struct ObjectiveTally(long Good, long Total)
{
    /// <summary>Those that broke it.</summary>
    public long Bad => Total - Good;

    /// <summary>How many of a hundred kept it; 100 when there were none.</summary>
    public double Percent => Total > 0 ? 100.0 * Good / Total : 100;

    /// <summary>Counts what an objective asks for.</summary>
    /// <param name="kind">Latency: of the answers those within the latency. Availability: of the requests those that were answered.</param>
    /// <param name="totals">What happened.</param>
    public static ObjectiveTally Count(ObjectiveKind kind, in ServiceTotals totals) => kind == ObjectiveKind.Latency
        ? new(totals.WithinObjective, totals.Answered)
        : new(totals.Answered, totals.Requests);

    /// <summary>How many of a hundred events are to keep the promise.</summary>
    public static double GetTarget(ObjectiveKind kind, LatencyObjective objective) => kind == ObjectiveKind.Latency ? objective.Percentile : objective.Availability;

    /// <summary>How fast the error budget goes: 1 = it lasts exactly for the window; 0 when nothing happened.</summary>
    /// <param name="target">How many of a hundred are to keep it; below 100.</param>
    public double GetBurnRate(double target) => Total > 0 ? (100 - Percent) / (100 - target) : 0;

    /// <summary>What is left of the error budget: 1 = all of it, 0 = nothing, below 0 = more was spent than there was.</summary>
    /// <param name="target">How many of a hundred are to keep it; below 100.</param>
    public double GetBudgetLeft(double target) => 1 - GetBurnRate(target);
}
