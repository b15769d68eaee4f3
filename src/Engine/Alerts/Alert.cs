using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Engine.Alerts;

/// <summary>An alert as it is at one moment. Immutable; two with the same <see cref="Fingerprint"/> are the same alert.</summary>
public sealed record Alert
{
    /// <summary>16 hexadecimal digits that its name and its labels make.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>One of <see cref="AlertNames.All"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required AlertState State { get; init; }

    /// <summary>How soon somebody should look.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>What it is about, by name; with its name and severity, as Prometheus has them.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>What is wrong, in a line.</summary>
    public required string Summary { get; init; }

    /// <summary>What was met and what was expected.</summary>
    public required string Description { get; init; }

    /// <summary>The number that is too large, such as a burn rate; null where there is none.</summary>
    public double? Value { get; init; }

    /// <summary>What it is due to, the largest part first.</summary>
    public IReadOnlyList<AlertCause> Causes { get; init; } = [];

    /// <summary>Requests that show it, as of when it began to fire.</summary>
    public IReadOnlyList<SlowRequest> Examples { get; init; } = [];

    /// <summary>Since when its condition holds.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Since when everybody is told; null while it is pending.</summary>
    public DateTimeOffset? FiringSince { get; init; }

    /// <summary>When it was resolved; null before.</summary>
    public DateTimeOffset? EndsAt { get; init; }
}
