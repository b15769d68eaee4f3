namespace Camshaft.Engine.Alerts.Options;

/// <summary>When a model's latency is over its threshold: that of its objective, or of these terms where it has none.</summary>
public sealed record LatencyTerms : AlertTerms
{
    /// <summary>The latency, from a request's head to its answer, for models without an objective; null = they are not watched.</summary>
    public TimeSpan? Threshold { get; init; }

    /// <summary>How many answers of a hundred are to stay within <see cref="Threshold"/>. Default: 99.</summary>
    public double Percentile { get; init; } = 99;

    /// <summary>Over how long that is counted. Default: 1 min.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many answers there must be in it. Default: 20.</summary>
    public int MinimumRequests { get; init; } = 20;
}
