namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>What kind of number a metric is.</summary>
public enum MetricKind
{
    /// <summary>Only grows, from the start of the process.</summary>
    Counter,

    /// <summary>What something is now.</summary>
    Gauge,

    /// <summary>How many fell into each range.</summary>
    Histogram,
}
