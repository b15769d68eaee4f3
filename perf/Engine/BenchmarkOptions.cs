namespace Camshaft.EngineBenchmark;

/// <summary>How to measure.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>The repository of real models.</summary>
    public required string Models { get; init; }

    /// <summary>The trace that is replayed.</summary>
    public required string Trace { get; init; }

    /// <summary>The server's assembly.</summary>
    public required string Server { get; init; }

    /// <summary>Where all chance comes from.</summary>
    public required int Seed { get; init; }

    /// <summary>How long an ordinary run is measured.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How often what takes turns has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>The capacity that overload is a multiple of, as a multiple of the mix; null = it is searched for.</summary>
    public double? Capacity { get; init; }

    /// <summary>Whether all is shortened to see that it works; the figures then mean little.</summary>
    public required bool IsQuick { get; init; }

    /// <summary>How long models run before they are measured, so that code is compiled and profiles have settled.</summary>
    public TimeSpan WarmUp => IsQuick ? TimeSpan.FromSeconds(0.5) : TimeSpan.FromSeconds(3);
}
