using Camshaft.Engine.Telemetry;

namespace Camshaft.LiveConsole.Sampling;

/// <summary>The rows of a heat map: buckets of latency seven by seven, ten for a decade.</summary>
internal static class HeatRows
{
    private const int BucketsPerRow = 7;
    private const double NanosecondsPerMillisecond = 1e6;

    private static readonly int Count = ToRow(LatencyBuckets.Count - 1) + 1;

    /// <summary>The rows' upper bounds in milliseconds, ascending; the last row has none and is left out.</summary>
    public static IReadOnlyList<double> Bounds { get; } =
        [.. Enumerable.Range(0, Count - 1).Select(static row => LatencyBuckets.GetUpperBound(row * BucketsPerRow) / NanosecondsPerMillisecond)];

    /// <summary>Counts a distribution by rows.</summary>
    /// <returns>Row, count, row, count of those rows that are not empty.</returns>
    public static IReadOnlyList<long> Read(LatencyDistribution distribution)
    {
        var pairs = new List<long>();
        var buckets = distribution.Buckets;
        for (var i = 0; i < buckets.Length; i++)
        {
            if (buckets[i] == 0)
            {
                continue;
            }

            if (pairs.Count == 0 || pairs[^2] != ToRow(i))
            {
                pairs.AddRange(ToRow(i), 0);
            }

            pairs[^1] += buckets[i];
        }

        return pairs;
    }

    // The first bucket has a row of its own: all that is too short to tell.
    private static int ToRow(int bucket) => (bucket + BucketsPerRow - 1) / BucketsPerRow;
}
