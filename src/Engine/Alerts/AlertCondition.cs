using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Engine.Alerts;

/// <summary>What a rule found to hold at one moment.</summary>
/// <param name="Name">The alert's name.</param>
/// <param name="Severity">How soon somebody should look.</param>
/// <param name="Labels">What it is about.</param>
internal sealed record AlertCondition(string Name, AlertSeverity Severity, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>How long it must hold before anybody is told.</summary>
    public TimeSpan For { get; init; }

    public required string Summary { get; init; }

    public required string Description { get; init; }

    public double? Value { get; init; }

    public IReadOnlyList<AlertCause> Causes { get; init; } = [];

    /// <summary>Finds requests that show it; called once, when the alert begins to fire.</summary>
    public Func<IReadOnlyList<SlowRequest>> FindExamples { get; init; } = static () => [];
}
