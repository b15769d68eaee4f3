namespace Camshaft.Load.Plans;

/// <summary>What one model is asked, how often, and what is expected of it. Immutable.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Arrivals">When requests come.</param>
public sealed record ModelLoad(string Name, ArrivalPattern Arrivals)
{
    /// <summary>The version's number; null = the highest that is ready.</summary>
    public long? Version { get; init; }

    /// <summary>Within what an answer counts as goodput; null = nothing is promised.</summary>
    public TimeSpan? Slo { get; init; }

    /// <summary>Which percentile of the latencies has to be within <see cref="Slo"/>, above 0 and below 100.</summary>
    public double Percentile { get; init; } = 99;

    /// <summary>What each request asks the target to give up after; null = it waits for as long as it takes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many requests may be unanswered at once; what comes beyond is sent later, and told.</summary>
    public int MaxInFlight { get; init; } = 1024;

    /// <summary>The length of a first dimension that the signature leaves open.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Whole shapes by input, for those that the signature leaves open.</summary>
    public IReadOnlyDictionary<string, long[]> Shapes { get; init; } = new Dictionary<string, long[]>();

    /// <summary>The number that every element of an input has; inputs that are not named get random ones.</summary>
    public IReadOnlyDictionary<string, double> FillValues { get; init; } = new Dictionary<string, double>();
}
