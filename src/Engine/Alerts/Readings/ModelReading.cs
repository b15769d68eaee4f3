using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Alerts.Readings;

/// <summary>What a model has done so far and how it is, over all of its versions.</summary>
/// <param name="Name">The model.</param>
public sealed record ModelReading(string Name)
{
    /// <summary>What is promised of it; null = nothing.</summary>
    public LatencyObjective? Objective { get; init; }

    /// <summary>What it has done.</summary>
    public ServiceTotals Totals { get; init; }

    /// <summary>Whether a version takes requests.</summary>
    public bool IsServed { get; init; }

    /// <summary>Its versions that failed; by an empty name the model as a whole.</summary>
    public IReadOnlyList<Fault> Failures { get; init; } = [];

    /// <summary>How many requests wait, in the fullest queue among its versions.</summary>
    public int QueueDepth { get; init; }

    /// <summary>How many may wait there; 0 = none is in memory.</summary>
    public int QueueLimit { get; init; }

    /// <summary>Finds the slowest or, when asked for failures, the last failed of its recent requests that belong to a trace.</summary>
    public Func<ObjectiveKind, IReadOnlyList<SlowRequest>> FindExamples { get; init; } = static _ => [];
}
