using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine.Telemetry.Metrics;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// Counts the requests of one version of a model and how long their stages took, since the server knows the version: loading
/// it again goes on counting. Any thread; recording takes no lock, and memory only for what is counted for the first time.
/// </summary>
public sealed class ModelRecorder
{
    private readonly TimeProvider _timeProvider;
    private readonly double _nanosecondsPerTick;
    private readonly KeyValuePair<string, object?> _modelTag;
    private readonly KeyValuePair<string, object?> _versionTag;
    private readonly RecorderParts _parts;
    private readonly BatchSizes _sizes = new();
    private readonly DeviceTimes _deviceTimes = new();
    private RequestLog? _log;
    private TagCounts? _tags;
    private long _objectiveTicks;
    private long _lastEnded;

    /// <summary>Makes a recorder for durations in ticks of a clock.</summary>
    /// <param name="modelName">The model.</param>
    /// <param name="version">Its version.</param>
    /// <param name="timeProvider">The clock.</param>
    public ModelRecorder(string modelName, long version, TimeProvider timeProvider)
    {
        ModelName = modelName;
        Version = version;
        _modelTag = new("model", modelName);
        _versionTag = new("version", version.ToString(CultureInfo.InvariantCulture));
        _timeProvider = timeProvider;
        _parts = new RecorderParts(timeProvider);
        _nanosecondsPerTick = 1e9 / timeProvider.TimestampFrequency;
    }

    /// <summary>The model's name.</summary>
    public string ModelName { get; }

    /// <summary>The version's number.</summary>
    public long Version { get; }

    /// <summary>How many batches ran.</summary>
    public long Executions => _parts.Sum(RecorderCounter.Executions);

    /// <summary>How many answers had a value that the model's configuration excludes; these requests ended as <see cref="StatusCode.Internal"/>.</summary>
    public long FailedOutputChecks => _parts.Sum(RecorderCounter.FailedOutputChecks);

    /// <summary>When the last request ended; null = none has.</summary>
    public DateTimeOffset? LastEnded => Volatile.Read(ref _lastEnded) is not 0 and var ended ? _timeProvider.GetUtcNow() - _timeProvider.GetElapsedTime(ended) : null;

    /// <summary>How many requests ended, well or badly.</summary>
    public long TotalCount
    {
        get
        {
            long sum = 0;
            for (var code = 0; code < RecorderPart.CodeCount; code++)
            {
                sum += GetCount((StatusCode)code);
            }

            return sum;
        }
    }

    /// <summary>How many requests ended with a code.</summary>
    public long GetCount(StatusCode code) => _parts.Sum(code);

    /// <summary>Reads what was counted. Takes memory for the answer.</summary>
    public ModelCounts ReadCounts()
    {
        var codes = new long[RecorderPart.CodeCount];
        for (var code = 0; code < codes.Length; code++)
        {
            codes[code] = GetCount((StatusCode)code);
        }

        return new ModelCounts(this, codes)
        {
            Refused = _parts.Sum(RecorderCounter.Refused),
            Untaken = _parts.Sum(RecorderCounter.Untaken),
            RunErrors = _parts.Sum(RecorderCounter.RunErrors),
            WithinObjective = _parts.Sum(RecorderCounter.WithinObjective),
            Rows = _parts.Sum(RecorderCounter.Rows),
            Executions = Executions,
            InputByteSize = _parts.Sum(RecorderCounter.InputBytes),
            OutputByteSize = _parts.Sum(RecorderCounter.OutputBytes),
            FailedOutputChecks = FailedOutputChecks,
            ErrorTime = FromNanoseconds(_parts.Sum(RecorderCounter.ErrorNanoseconds)),
            DeviceTime = ReadDeviceTimes().Aggregate(TimeSpan.Zero, static (sum, device) => sum + device.Time),
        };
    }

    /// <summary>Reads how long a stage took in successful requests.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="into">Where that goes, in place of what was there.</param>
    public void Read(RequestStage stage, LatencyDistribution into)
    {
        into.Clear();
        foreach (var part in _parts.All)
        {
            into.Add(part.GetBuckets(stage), part.GetSum(stage));
        }
    }

    /// <summary>How long a stage took in successful requests together.</summary>
    public TimeSpan GetTime(RequestStage stage) => FromNanoseconds(_parts.Sum(stage));

    /// <summary>Reads the sizes of the batches that ran well, ascending; the most different sizes that are told apart are 128.</summary>
    public IReadOnlyList<BatchSizeCounts> ReadBatchSizes()
    {
        var sizes = new List<BatchSizeCounts>();
        for (var place = 0; place < BatchSizes.Most; place++)
        {
            var (count, copyIn, run, copyOut) = (0L, 0L, 0L, 0L);
            foreach (var part in _parts.All)
            {
                var more = part.GetBatches(place);
                (count, copyIn, run, copyOut) = (count + more.Count, copyIn + more.CopyIn, run + more.Run, copyOut + more.CopyOut);
            }

            if (count > 0)
            {
                sizes.Add(new BatchSizeCounts(_sizes.Rows[place], count, FromNanoseconds(copyIn), FromNanoseconds(run), FromNanoseconds(copyOut)));
            }
        }

        sizes.Sort(static (one, other) => one.Rows.CompareTo(other.Rows));
        return sizes;
    }

    /// <summary>Reads how long accelerators have computed for it, by device; none where it ran on the processors alone.</summary>
    public IReadOnlyList<DeviceTime> ReadDeviceTimes() => _deviceTimes.Read();

    /// <summary>The slowest of the last minute's successful requests, slowest first, at most 16 of each half minute.</summary>
    public IReadOnlyList<RecordedRequest> ReadSlowRequests() => Volatile.Read(ref _log)?.ReadSlow() ?? [];

    /// <summary>The last requests that failed, newest first, at most 32.</summary>
    public IReadOnlyList<RecordedRequest> ReadErrors() => Volatile.Read(ref _log)?.ReadErrors() ?? [];

    /// <summary>Reads how many requests carried which tags.</summary>
    public IEnumerable<TaggedCount> ReadTags() => Volatile.Read(ref _tags)?.Read() ?? [];

    /// <summary>Adds up what a stage took in successful requests.</summary>
    public StageStatistics GetStatistics(RequestStage stage)
    {
        var distribution = new LatencyDistribution();
        Read(stage, distribution);
        return new StageStatistics(distribution.Count, distribution.Sum, distribution.GetQuantile(0.5), distribution.GetQuantile(0.99));
    }

    /// <summary>Sets the latency that requests are to keep from their last byte to their answer; null = none.</summary>
    internal void SetObjective(TimeSpan? latency) => Volatile.Write(ref _objectiveTicks, latency is { } time ? (long)(time.TotalSeconds * _timeProvider.TimestampFrequency) : 0);

    /// <summary>Counts a batch that has run.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="timings">Those of its first request.</param>
    /// <param name="succeeded">Whether it ran well.</param>
    internal void CountExecution(int rows, in RequestTimings timings, bool succeeded)
    {
        var part = _parts.Get();
        part.Add(RecorderCounter.Executions, 1);
        if (succeeded && _sizes.Find(rows) is >= 0 and var place)
        {
            part.CountBatch(place, ToNanoseconds(timings, RequestStage.CopyIn), ToNanoseconds(timings, RequestStage.Run), ToNanoseconds(timings, RequestStage.CopyOut));
        }

        if (succeeded && StageInstruments.WantsBatchSizes)
        {
            StageInstruments.RecordBatchSize(rows, _modelTag, _versionTag);
        }
    }

    /// <summary>Counts how long an accelerator computed for a batch, in ticks of the clock.</summary>
    internal void CountDeviceTime(IDevice device, long ticks) => _deviceTimes.Add(device, (long)(ticks * _nanosecondsPerTick));

    /// <summary>Counts a request that has ended by its tags.</summary>
    internal void CountTags(TagTable table, RequestTags tags, bool succeeded) =>
        (_tags ?? Interlocked.CompareExchange(ref _tags, new TagCounts(table), null) ?? _tags).Count(tags, succeeded);

    internal void CountFailedOutputCheck() => _parts.Get().Add(RecorderCounter.FailedOutputChecks, 1);

    /// <summary>Counts a request that was turned away since the version is not ready.</summary>
    internal void CountUntaken() => _parts.Get().Add(RecorderCounter.Untaken, 1);

    /// <summary>Counts a request that has ended.</summary>
    /// <param name="timings">When it passed each point; its end is filled in.</param>
    /// <param name="end">How it ended.</param>
    internal void Record(ref RequestTimings timings, in RequestEnd end)
    {
        var part = _parts.Get();
        var count = part.CountCode(end.Status.Code);
        if (!end.Status.IsOk)
        {
            timings.Sent = _timeProvider.GetTimestamp();
            RecordError(part, timings, end);
        }
        else
        {
            // A request from within the process has no socket.
            timings.Sent = timings.Sent == 0 ? timings.Completed : timings.Sent;
            RecordSuccess(part, timings, end);
        }

        Volatile.Write(ref _lastEnded, timings.Sent);
        Remember(timings, RequestSpans.IsWanted ? end with { Trace = RequestSpans.Tell(this, timings, end, _timeProvider), TraceState = null } : end);
        _parts.OnCounted(count, timings.Sent);
    }

    private void RecordSuccess(RecorderPart part, in RequestTimings timings, in RequestEnd end)
    {
        part.Add(RecorderCounter.Rows, end.Rows);
        part.Add(RecorderCounter.InputBytes, end.InputByteSize);
        part.Add(RecorderCounter.OutputBytes, end.OutputByteSize);
        if (Volatile.Read(ref _objectiveTicks) is > 0 and var objective && timings.Sent - timings.Received <= objective)
        {
            part.Add(RecorderCounter.WithinObjective, 1);
        }

        for (var stage = RequestStage.Receive; stage <= RequestStage.Total; stage++)
        {
            part.CountStage(stage, ToNanoseconds(timings, stage));
        }

        if (StageInstruments.WantsDurations)
        {
            Report(timings);
        }
    }

    private void RecordError(RecorderPart part, in RequestTimings timings, in RequestEnd end)
    {
        if (!end.WasAccepted)
        {
            part.Add(RecorderCounter.Refused, 1);
            return;
        }

        part.Add(RecorderCounter.ErrorNanoseconds, ToNanoseconds(timings, RequestStage.Total));
        if (timings.RunEnded != 0 && end.Status.Code is not (StatusCode.Cancelled or StatusCode.DeadlineExceeded))
        {
            part.Add(RecorderCounter.RunErrors, 1);
        }
    }

    private void Report(in RequestTimings timings)
    {
        for (var stage = RequestStage.Receive; stage <= RequestStage.Total; stage++)
        {
            StageInstruments.RecordDuration(stage, (double)timings.GetTicks(stage) / _timeProvider.TimestampFrequency, _modelTag, _versionTag);
        }
    }

    private void Remember(in RequestTimings timings, in RequestEnd end)
    {
        if (end.Status.IsOk)
        {
            Log.OfferSlow(timings, end);
        }
        else
        {
            Log.AddError(timings, end);
        }
    }

    private RequestLog Log => _log ?? Interlocked.CompareExchange(ref _log, new RequestLog(_timeProvider), null) ?? _log;

    private long ToNanoseconds(in RequestTimings timings, RequestStage stage) => (long)(timings.GetTicks(stage) * _nanosecondsPerTick);

    private static TimeSpan FromNanoseconds(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
