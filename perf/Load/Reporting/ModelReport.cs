namespace Camshaft.Load.Reporting;

/// <summary>What became of one model's requests.</summary>
public sealed record ModelReport
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The version asked for; null = the highest that was ready.</summary>
    public long? Version { get; init; }

    /// <summary>How its requests came, in words.</summary>
    public required string Arrivals { get; init; }

    /// <summary>Whether requests came however the answers fared; where they did not, a stall of the target stops the clients too and shows in few latencies.</summary>
    public required bool IsOpenLoop { get; init; }

    /// <summary>How many requests were due during the measured time.</summary>
    public required long Requests { get; init; }

    /// <summary>How many of them were answered as they should be.</summary>
    public required long Answered { get; init; }

    /// <summary>How many of them were not.</summary>
    public required long Failed { get; init; }

    /// <summary>How many of them were sent late, or never, because too many others were unanswered.</summary>
    public required long HeldBack { get; init; }

    /// <summary>How many requests a second were due.</summary>
    public required double OfferedPerSecond { get; init; }

    /// <summary>How many answers a second came during the measured time.</summary>
    public required double ThroughputPerSecond { get; init; }

    /// <summary>How many requests a second were answered within the SLO; null when there is none.</summary>
    public double? GoodputPerSecond { get; init; }

    /// <summary>The SLO's latency; null when there is none.</summary>
    public double? SloMilliseconds { get; init; }

    /// <summary>The SLO's percentile.</summary>
    public required double Percentile { get; init; }

    /// <summary>Whether that many per cent of the requests were answered within it, errors being misses; null when there is none.</summary>
    public bool? MeetsSlo { get; init; }

    /// <summary>From the moment when requests were due to their answers, in milliseconds.</summary>
    public required LatencyReport Latency { get; init; }

    /// <summary>From the moment when requests were really sent to their answers, in milliseconds.</summary>
    public required LatencyReport ResponseTime { get; init; }

    /// <summary>From the moment when requests were due to their errors, in milliseconds; of those that were sent.</summary>
    public required LatencyReport ErrorTime { get; init; }

    /// <summary>How late requests were sent through the generator's own fault, in milliseconds.</summary>
    public required LatencyReport SendLateness { get; init; }

    /// <summary>How much of the time the sending thread was busy, 0 to 1.</summary>
    public required double SenderBusy { get; init; }

    /// <summary>Errors by kind, the most frequent first.</summary>
    public required IReadOnlyList<ErrorReport> Errors { get; init; }

    /// <summary>The measured time in steps.</summary>
    public required IReadOnlyList<TimelinePoint> Timeline { get; init; }
}
