namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>The ranges in which histograms are reported; coarser than those in which they are counted, and each a bound of these.</summary>
public static class ReportedBuckets
{
    /// <summary>Of durations, in seconds.</summary>
    public static IReadOnlyList<double> Seconds { get; } =
        [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

    /// <summary>Of batches, in rows.</summary>
    public static IReadOnlyList<int> Rows { get; } = [1, 2, 4, 8, 16, 32, 64, 128];
}
