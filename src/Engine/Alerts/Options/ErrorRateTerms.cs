namespace Camshaft.Engine.Alerts.Options;

/// <summary>When too many requests to a model fail, whether it has an objective or not.</summary>
public sealed record ErrorRateTerms : AlertTerms
{
    /// <summary>How many of a hundred requests may fail by the server's fault. Default: 5.</summary>
    public double Percent { get; init; } = 5;

    /// <summary>Over how long that is counted. Default: 5 min.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many requests there must be in it. Default: 20.</summary>
    public int MinimumRequests { get; init; } = 20;
}
