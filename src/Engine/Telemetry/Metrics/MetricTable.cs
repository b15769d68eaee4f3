namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>Every metric of Camshaft's own.</summary>
public static class MetricTable
{
    /// <summary>How long stages of requests take.</summary>
    public static MetricDefinition RequestDuration { get; } = new(
        "camshaft.request.duration", MetricKind.Histogram, "s", "What stages of successful requests took; the stage total is all of them", "model", "version", "stage");

    /// <summary>How large batches are.</summary>
    public static MetricDefinition BatchSize { get; } = new(
        "camshaft.batch.size", MetricKind.Histogram, "{row}", "The rows of batches that ran well", "model", "version");

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } = [.. ModelMetrics.All, RequestDuration, BatchSize, .. ServerMetrics.All, .. AcceleratorMetrics.All, .. ObjectiveMetrics.All];
}
