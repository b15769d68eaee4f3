namespace Camshaft.Engine.Telemetry;

/// <summary>
/// How long a stage took in many requests, as read from a recorder: counts by bucket, and their sum. A reader keeps one for
/// the last time it looked; what <see cref="Subtract"/> leaves of the next is what happened in between. The reader's alone.
/// </summary>
public sealed class LatencyDistribution
{
    private readonly long[] _counts = new long[LatencyBuckets.Count];
    private long _sumNanoseconds;

    /// <summary>The counts, by the buckets of <see cref="LatencyBuckets"/>.</summary>
    public ReadOnlySpan<long> Buckets => _counts;

    /// <summary>How many requests passed the stage and succeeded.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            foreach (var bucket in _counts)
            {
                count += bucket;
            }

            return count;
        }
    }

    /// <summary>Their durations together.</summary>
    public TimeSpan Sum => FromNanoseconds(_sumNanoseconds);

    /// <summary>The mean; zero when nothing was counted.</summary>
    public TimeSpan Mean => Count is > 0 and var count ? FromNanoseconds(_sumNanoseconds / count) : TimeSpan.Zero;

    internal long SumNanoseconds => _sumNanoseconds;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        _sumNanoseconds = 0;
    }

    /// <summary>Counts what another has counted too.</summary>
    public void Add(LatencyDistribution other) => Add(other._counts, other._sumNanoseconds);

    /// <summary>Takes out what another has counted, which was read from the same recorder before.</summary>
    public void Subtract(LatencyDistribution earlier)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] = Math.Max(0, _counts[i] - earlier._counts[i]);
        }

        _sumNanoseconds = Math.Max(0, _sumNanoseconds - earlier._sumNanoseconds);
    }

    /// <summary>Becomes a copy of another.</summary>
    public void CopyFrom(LatencyDistribution other)
    {
        other._counts.CopyTo(_counts, 0);
        _sumNanoseconds = other._sumNanoseconds;
    }

    /// <summary>The duration within which a part of the requests stayed, to a twentieth.</summary>
    /// <param name="quantile">The part, 0 to 1.</param>
    /// <returns>Zero when nothing was counted.</returns>
    public TimeSpan GetQuantile(double quantile)
    {
        var rank = Math.Max(1, Count * Math.Clamp(quantile, 0, 1));
        double below = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0 && below + _counts[i] >= rank)
            {
                // Spread evenly within a bucket; the last has no end.
                var from = i == 0 ? 0 : LatencyBuckets.GetUpperBound(i - 1);
                var to = i == LatencyBuckets.Count - 1 ? from : LatencyBuckets.GetUpperBound(i);
                return FromNanoseconds((long)(from + ((to - from) * ((rank - below) / _counts[i]))));
            }

            below += _counts[i];
        }

        return TimeSpan.Zero;
    }

    /// <summary>How many stayed within a duration; exact where it is a bound of <see cref="LatencyBuckets"/>, else of the bound below it.</summary>
    public long CountWithin(TimeSpan duration)
    {
        var nanoseconds = duration.Ticks * TimeSpan.NanosecondsPerTick;
        long count = 0;
        for (var i = 0; i < _counts.Length && LatencyBuckets.GetUpperBound(i) <= nanoseconds; i++)
        {
            count += _counts[i];
        }

        return count;
    }

    internal void Add(ReadOnlySpan<long> counts, long sumNanoseconds)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += counts[i];
        }

        _sumNanoseconds += sumNanoseconds;
    }

    private static TimeSpan FromNanoseconds(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
