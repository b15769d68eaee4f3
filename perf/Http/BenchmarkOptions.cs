namespace Camshaft.HttpBenchmark;

/// <summary>How to measure.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>The scenarios, by name.</summary>
    public required IReadOnlyList<Scenario> Scenarios { get; init; }

    /// <summary>The directories of models.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>The server's assembly.</summary>
    public required string Server { get; init; }

    /// <summary>How often each server has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long a turn is.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// How long each server works before it is measured. Half of the processor time for a request goes away in the first
    /// quarter of a minute, while the runtime compiles for a second time what it has seen to be used.
    /// </summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>Connections, each with one request under way.</summary>
    public required int Connections { get; init; }

    /// <summary>Whether the servers have one processor and wrk another, or all share them all.</summary>
    public required bool IsPinned { get; init; }
}
