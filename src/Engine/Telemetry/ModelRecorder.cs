using Camshaft.Backends;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// Counts the requests of one version of a model and how long their stages took. Parts per processor, so that recording
/// takes no lock and rarely meets another processor. Any thread.
/// </summary>
public sealed class ModelRecorder
{
    // More parts than that cost memory and win little: 2.3 KiB a stage and part.
    private const int MostParts = 8;

    private static readonly RequestStage[] Stages = Enum.GetValues<RequestStage>();
    private static readonly int CodeCount = Enum.GetValues<StatusCode>().Length;

    private readonly Part[] _parts = new Part[Math.Min(Environment.ProcessorCount, MostParts)];
    private readonly double _nanosecondsPerTick;
    private long _executions;
    private long _failedOutputChecks;

    /// <summary>Makes a recorder for durations in ticks of a clock.</summary>
    public ModelRecorder(TimeProvider timeProvider)
    {
        _nanosecondsPerTick = 1e9 / timeProvider.TimestampFrequency;
        for (var i = 0; i < _parts.Length; i++)
        {
            _parts[i] = new Part();
        }
    }

    /// <summary>How many batches ran.</summary>
    public long Executions => Interlocked.Read(ref _executions);

    /// <summary>How many answers had a value that the model's configuration excludes; these requests ended as <see cref="StatusCode.Internal"/>.</summary>
    public long FailedOutputChecks => Interlocked.Read(ref _failedOutputChecks);

    /// <summary>How many requests ended, well or badly.</summary>
    public long TotalCount
    {
        get
        {
            long sum = 0;
            for (var code = 0; code < CodeCount; code++)
            {
                sum += GetCount((StatusCode)code);
            }

            return sum;
        }
    }

    /// <summary>How many requests ended with a code.</summary>
    public long GetCount(StatusCode code)
    {
        long sum = 0;
        foreach (var part in _parts)
        {
            sum += Interlocked.Read(ref part.Codes[(int)code]);
        }

        return sum;
    }

    /// <summary>Adds up what a stage took in successful requests.</summary>
    public StageStatistics GetStatistics(RequestStage stage)
    {
        Span<long> counts = stackalloc long[LatencyHistogram.BucketCount];
        counts.Clear();
        long sumNanoseconds = 0;
        foreach (var part in _parts)
        {
            part.Stages[(int)stage].AddTo(counts);
            sumNanoseconds += part.Stages[(int)stage].SumNanoseconds;
        }

        long count = 0;
        foreach (var bucket in counts)
        {
            count += bucket;
        }

        return new StageStatistics(count, FromNanoseconds(sumNanoseconds), GetQuantile(counts, count, 0.5), GetQuantile(counts, count, 0.99));
    }

    internal void CountExecution() => Interlocked.Increment(ref _executions);

    internal void CountFailedOutputCheck() => Interlocked.Increment(ref _failedOutputChecks);

    internal void Record(in RequestTimings timings, StatusCode code)
    {
        var part = _parts[(uint)Thread.GetCurrentProcessorId() % (uint)_parts.Length];
        Interlocked.Increment(ref part.Codes[(int)code]);
        if (code != StatusCode.Ok)
        {
            return;
        }

        foreach (var stage in Stages)
        {
            part.Stages[(int)stage].Record((long)(timings.GetTicks(stage) * _nanosecondsPerTick));
        }
    }

    private static TimeSpan GetQuantile(ReadOnlySpan<long> counts, long count, double quantile)
    {
        var rank = (long)Math.Ceiling(count * quantile);
        for (var i = 0; i < counts.Length && rank > 0; i++)
        {
            rank -= counts[i];
            if (rank <= 0)
            {
                return FromNanoseconds(LatencyHistogram.GetUpperBound(i));
            }
        }

        return TimeSpan.Zero;
    }

    private static TimeSpan FromNanoseconds(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    private sealed class Part
    {
        public readonly long[] Codes = new long[CodeCount];
        public readonly LatencyHistogram[] Stages = [.. ModelRecorder.Stages.Select(static _ => new LatencyHistogram())];
    }
}
