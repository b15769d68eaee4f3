using System.Numerics;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// The buckets by which durations are counted, from 1 µs to 1,000 s: none is wider than a twentieth of what it counts, and
/// durations that people name, such as 20 ms or 0.25 s, are bounds, so that what stayed within them is counted exactly.
/// </summary>
/// <remarks>
/// A decade has 20 buckets from 1 to 2, 30 to 5 and 20 to 10. A bucket counts durations above the bound before it, up to and
/// with its own, as Prometheus counts them.
/// </remarks>
public static class LatencyBuckets
{
    private const int FirstDecade = 3;
    private const int Decades = 9;
    private const int PerDecade = 70;

    /// <summary>How many buckets there are; the last counts all that is longer than 1,000 s.</summary>
    public const int Count = 1 + (Decades * PerDecade) + 1;

    // By decade, in nanoseconds: 10^d, and one over a twentieth of it.
    private static readonly long[] Powers = [.. Enumerable.Range(0, FirstDecade + Decades + 1).Select(static d => (long)Math.Pow(10, d))];
    private static readonly double[] StepsPerNanosecond = [.. Powers.Select(static power => 20.0 / power)];

    /// <summary>The bucket that counts a duration.</summary>
    public static int GetBucket(long nanoseconds)
    {
        if (nanoseconds <= Powers[FirstDecade])
        {
            return 0;
        }

        // Bounds belong below.
        var inside = nanoseconds - 1;
        if (inside >= Powers[FirstDecade + Decades])
        {
            return Count - 1;
        }

        // 1233 / 4096 is a little more than the decades of a doubling.
        var decade = ((BitOperations.Log2((ulong)inside) + 1) * 1233) >> 12;
        decade -= inside < Powers[decade] ? 1 : 0;

        // Half a nanosecond keeps the product on the right side of a whole number, as no multiple of a step lies between.
        var steps = (int)((inside + 0.5) * StepsPerNanosecond[decade]);
        var place = steps < 40 ? steps - 20 : steps < 100 ? 20 + ((steps - 40) >> 1) : 50 + ((steps - 100) / 5);
        return 1 + ((decade - FirstDecade) * PerDecade) + place;
    }

    /// <summary>The longest duration that a bucket counts, in nanoseconds; <see cref="long.MaxValue"/> for the last.</summary>
    public static long GetUpperBound(int bucket)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bucket);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bucket, Count);
        if (bucket == Count - 1)
        {
            return long.MaxValue;
        }

        var (decade, place) = Math.DivRem(bucket + PerDecade - 1, PerDecade);
        place++;
        var steps = place <= 20 ? 20 + place : place <= 50 ? 40 + ((place - 20) * 2) : 100 + ((place - 50) * 5);
        return Powers[decade + FirstDecade - 1] / 20 * steps;
    }
}
