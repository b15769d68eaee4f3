namespace Camshaft.BinaryBenchmark;

/// <summary>How to measure.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>The server's assembly.</summary>
    public required string Server { get; init; }

    /// <summary>The directories of models.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>The model that the servers load.</summary>
    public string Model { get; init; } = "sample_identity";

    /// <summary>How often each server has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long a turn is.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long each server works before it is measured.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>Whether Unix sockets are measured, TCP, or both.</summary>
    public required IReadOnlyList<bool> UnixSockets { get; init; }
}
