using HdrHistogram;

namespace Camshaft.Load.Running;

/// <summary>
/// A histogram of durations from 100 ns to an hour, three digits exact, that many threads write: each processor has a part of
/// its own, and <see cref="Merge"/> adds them up.
/// </summary>
internal sealed class LatencyRecorder
{
    private const long LowestNanoseconds = 100;
    private const long HighestNanoseconds = 3_600_000_000_000;
    private const int SignificantDigits = 3;
    private const int MaxParts = 8;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Math.Min(Environment.ProcessorCount, MaxParts)).Select(static _ => new Part())];

    /// <summary>Counts a duration.</summary>
    /// <param name="nanoseconds">Below zero counts as zero, above an hour as an hour.</param>
    public void Record(long nanoseconds)
    {
        var part = _parts[(uint)Thread.GetCurrentProcessorId() % (uint)_parts.Length];
        lock (part.Gate)
        {
            part.Histogram.RecordValue(Math.Clamp(nanoseconds, 0, HighestNanoseconds));
        }
    }

    /// <summary>All that was counted so far.</summary>
    public LongHistogram Merge()
    {
        var sum = CreateHistogram();
        foreach (var part in _parts)
        {
            lock (part.Gate)
            {
                sum.Add(part.Histogram);
            }
        }

        return sum;
    }

    private static LongHistogram CreateHistogram() => new(LowestNanoseconds, HighestNanoseconds, SignificantDigits);

    private sealed class Part
    {
        public Lock Gate { get; } = new();

        public LongHistogram Histogram { get; } = CreateHistogram();
    }
}
