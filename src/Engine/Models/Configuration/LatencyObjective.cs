namespace Camshaft.Engine.Models.Configuration;

/// <summary>
/// A model's service level objective: of the requests in a window, so many are answered, and of these so many within the
/// latency.
/// </summary>
/// <param name="Latency">From a request's last byte to its answer handed to the socket; more than zero.</param>
public sealed record LatencyObjective(TimeSpan Latency)
{
    /// <summary>How many answers of a hundred keep the latency. Default: 99.</summary>
    public double Percentile { get; init; } = 99;

    /// <summary>How many requests of a hundred are answered at all. Default: 99.9.</summary>
    public double Availability { get; init; } = 99.9;

    /// <summary>Over how long this is counted. Default: 1 h.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);
}
