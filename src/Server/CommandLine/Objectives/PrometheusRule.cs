namespace Camshaft.Server.CommandLine.Objectives;

/// <summary>A rule for Prometheus: records a series, or makes an alert.</summary>
/// <param name="Name">The series or the alert.</param>
/// <param name="Expression">What it is, or when there is one.</param>
/// <param name="Labels">The labels that it gets.</param>
internal sealed record PrometheusRule(string Name, string Expression, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>What an alert says; null for a series.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
