namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>One number of a metric.</summary>
/// <param name="Value">The number.</param>
/// <param name="Labels">The values of the metric's labels, in their order.</param>
public readonly record struct MetricSample(double Value, params string[] Labels);
