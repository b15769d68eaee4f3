using Camshaft.Engine.Alerts;

namespace Camshaft.Alerting;

/// <summary>Which alerts an endpoint is told of. Immutable.</summary>
public sealed record AlertFilter
{
    /// <summary>The least severity. Default: all.</summary>
    public AlertSeverity MinimumSeverity { get; init; } = AlertSeverity.Info;

    /// <summary>The alerts by name; empty = all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Whether it is told of an alert.</summary>
    public bool Takes(Alert alert) => alert.Severity >= MinimumSeverity && (Names.Count == 0 || Names.Contains(alert.Name, StringComparer.OrdinalIgnoreCase));
}
