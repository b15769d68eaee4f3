using System.Text.Json.Serialization;
using HdrHistogram;

namespace Camshaft.Load.Reporting;

/// <summary>A distribution of durations, in milliseconds; all zero when there are none.</summary>
public sealed record LatencyReport
{
    private const double NanosecondsPerMillisecond = 1e6;

    // Half way to 100 % each time, in five steps: what the usual plots of such histograms show.
    private const int CurveStepsPerHalving = 5;

    /// <summary>How many durations.</summary>
    public long Count { get; private init; }

    /// <summary>Their mean.</summary>
    public double Mean { get; private init; }

    /// <summary>The median.</summary>
    public double P50 { get; private init; }

    /// <summary>The 90th percentile.</summary>
    public double P90 { get; private init; }

    /// <summary>The 95th percentile.</summary>
    public double P95 { get; private init; }

    /// <summary>The 99th percentile.</summary>
    public double P99 { get; private init; }

    /// <summary>The 99.9th percentile.</summary>
    [JsonPropertyName("p99.9")]
    public double P999 { get; private init; }

    /// <summary>The longest.</summary>
    public double Max { get; private init; }

    /// <summary>The whole curve.</summary>
    public IReadOnlyList<PercentilePoint> Curve { get; private init; } = [];

    internal static LatencyReport Of(HistogramBase histogram)
    {
        if (histogram.TotalCount == 0)
        {
            return new LatencyReport();
        }

        return new LatencyReport
        {
            Count = histogram.TotalCount,
            Mean = histogram.GetMean() / NanosecondsPerMillisecond,
            P50 = Read(50),
            P90 = Read(90),
            P95 = Read(95),
            P99 = Read(99),
            P999 = Read(99.9),
            Max = histogram.GetMaxValue() / NanosecondsPerMillisecond,
            Curve = [.. histogram.Percentiles(CurveStepsPerHalving).Select(static value => new PercentilePoint(value.Percentile, value.ValueIteratedTo / NanosecondsPerMillisecond))],
        };

        double Read(double percentile) => histogram.GetValueAtPercentile(percentile) / NanosecondsPerMillisecond;
    }
}
