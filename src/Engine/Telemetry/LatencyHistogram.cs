using System.Numerics;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// Counts durations in buckets that are at most an eighth wide, from 64 ns to 70 min. One processor's part of a
/// <see cref="ModelRecorder"/>: written without locks or allocation, mostly by one thread at a time.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SmallestLog2 = 6;
    private const int LargestLog2 = 42;
    private const int StepsPerDoubling = 8;

    /// <summary>How many buckets there are; the last also counts what is longer.</summary>
    public const int BucketCount = ((LargestLog2 - SmallestLog2) * StepsPerDoubling) + 1;

    private readonly long[] _counts = new long[BucketCount];
    private long _count;
    private long _sumNanoseconds;

    public long Count => Interlocked.Read(ref _count);

    public long SumNanoseconds => Interlocked.Read(ref _sumNanoseconds);

    public void Record(long nanoseconds)
    {
        Interlocked.Increment(ref _counts[GetBucket(nanoseconds)]);
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sumNanoseconds, nanoseconds);
    }

    public void AddTo(Span<long> counts)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            counts[i] += Interlocked.Read(ref _counts[i]);
        }
    }

    /// <summary>The bucket that counts a duration.</summary>
    public static int GetBucket(long nanoseconds)
    {
        if (nanoseconds < 1L << SmallestLog2)
        {
            return 0;
        }

        var log2 = BitOperations.Log2((ulong)nanoseconds);
        var step = (int)((nanoseconds >> (log2 - 3)) & (StepsPerDoubling - 1));
        return Math.Min(((log2 - SmallestLog2) * StepsPerDoubling) + step + 1, BucketCount - 1);
    }

    /// <summary>The duration below which everything in a bucket lies, in nanoseconds.</summary>
    public static long GetUpperBound(int bucket)
    {
        var log2 = SmallestLog2 + ((bucket - 1) / StepsPerDoubling);
        var step = (bucket - 1) % StepsPerDoubling;
        return bucket == 0 ? 1L << SmallestLog2 : (1L << log2) + ((step + 1L) << (log2 - 3));
    }
}
