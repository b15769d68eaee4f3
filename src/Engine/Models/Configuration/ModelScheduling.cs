namespace Camshaft.Engine.Models.Configuration;

/// <summary>How a model's requests are placed in time, beside those of other models.</summary>
public sealed record ModelScheduling
{
    /// <summary>What users are promised; null = a throughput model, which takes the time that others leave.</summary>
    public LatencyObjective? Objective { get; init; }

    /// <summary>Its part of a device's time beside other models' weights, when there is too little of it. Default: 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The part of a device's time, 0 to 1, that it gets while it has work, whatever others want. Default: 0.</summary>
    public double MinimumShare { get; init; }

    /// <summary>Its priority beside other models that can use the same time; 1 = highest. Default: 100.</summary>
    public int Priority { get; init; } = 100;

    /// <summary>What becomes of requests that cannot meet the objective. Default: they are shed.</summary>
    public OverloadMode Overload { get; init; }
}
