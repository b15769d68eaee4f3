namespace Camshaft.Load.Reporting;

/// <summary>What a run found.</summary>
public sealed record RunReport
{
    /// <summary>The target's address.</summary>
    public required string Target { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long was measured.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>How long the load ran before that.</summary>
    public required double WarmUpSeconds { get; init; }

    /// <summary>Where all chance came from.</summary>
    public required int Seed { get; init; }

    /// <summary>The models, as the plan has them.</summary>
    public required IReadOnlyList<ModelReport> Models { get; init; }

    /// <summary>The generator.</summary>
    public required GeneratorReport Generator { get; init; }
}
