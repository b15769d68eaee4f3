using Camshaft.Backends;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// One processor's counters of a <see cref="ModelRecorder"/>, in one block of memory: written without locks or allocation,
/// mostly by one thread at a time. 44 KiB.
/// </summary>
internal sealed class RecorderPart
{
    public static readonly int StageCount = Enum.GetValues<RequestStage>().Length;
    public static readonly int CodeCount = Enum.GetValues<StatusCode>().Length;

    private const int CountersPerSize = 4;

    private static readonly int FirstSum = Enum.GetValues<RecorderCounter>().Length;
    private static readonly int FirstCode = FirstSum + StageCount;
    private static readonly int FirstSize = FirstCode + CodeCount;
    private static readonly int FirstBucket = FirstSize + (BatchSizes.Most * CountersPerSize);

    private readonly long[] _counters = new long[FirstBucket + (StageCount * LatencyBuckets.Count)];

    public void Add(RecorderCounter counter, long value) => Interlocked.Add(ref _counters[(int)counter], value);

    public long Get(RecorderCounter counter) => Interlocked.Read(ref _counters[(int)counter]);

    /// <returns>How many there are now.</returns>
    public long CountCode(StatusCode code) => Interlocked.Increment(ref _counters[FirstCode + (int)code]);

    public long GetCode(StatusCode code) => Interlocked.Read(ref _counters[FirstCode + (int)code]);

    public void CountStage(RequestStage stage, long nanoseconds)
    {
        Interlocked.Increment(ref _counters[FirstBucket + ((int)stage * LatencyBuckets.Count) + LatencyBuckets.GetBucket(nanoseconds)]);
        Interlocked.Add(ref _counters[FirstSum + (int)stage], nanoseconds);
    }

    public long GetSum(RequestStage stage) => Interlocked.Read(ref _counters[FirstSum + (int)stage]);

    /// <summary>A stage's counts by bucket. They go on changing.</summary>
    public ReadOnlySpan<long> GetBuckets(RequestStage stage) => _counters.AsSpan(FirstBucket + ((int)stage * LatencyBuckets.Count), LatencyBuckets.Count);

    public void CountBatch(int sizePlace, long copyIn, long run, long copyOut)
    {
        var first = FirstSize + (sizePlace * CountersPerSize);
        Interlocked.Increment(ref _counters[first]);
        Interlocked.Add(ref _counters[first + 1], copyIn);
        Interlocked.Add(ref _counters[first + 2], run);
        Interlocked.Add(ref _counters[first + 3], copyOut);
    }

    /// <summary>How many batches of a size there were, and the nanoseconds of their copy in, run and copy out.</summary>
    public (long Count, long CopyIn, long Run, long CopyOut) GetBatches(int sizePlace)
    {
        var first = FirstSize + (sizePlace * CountersPerSize);
        return (Interlocked.Read(ref _counters[first]), Interlocked.Read(ref _counters[first + 1]), Interlocked.Read(ref _counters[first + 2]), Interlocked.Read(ref _counters[first + 3]));
    }
}
