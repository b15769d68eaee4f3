using Camshaft.Engine.Objectives;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Snapshots;
using Camshaft.LiveConsole.Views;

namespace Camshaft.LiveConsole.Sampling;

/// <summary>
/// Follows one version of a model: what it counted a moment ago, and its last minutes. A version without requests takes next
/// to no memory. Guarded by the observatory's lock; lives as long as the server knows the version.
/// </summary>
internal sealed class ModelTrack
{
    private const int StageCount = (int)RequestStage.Total;

    private readonly Window<ModelCounts> _window = new();
    private readonly History<ColumnView> _history = new();
    private Latencies? _latencies;
    private ModelSnapshot? _snapshot;
    private ModelCounts? _columnCounts;
    private TimeSpan _columnStart;
    private long _columnNumber = -1;

    /// <summary>The version in one line, as last sampled.</summary>
    public ModelRow Row { get; private set; } = new("", null, "");

    /// <summary>The part of the last seconds, 0 to 1, in which an accelerator computed for it; more when several of its batches compute at once.</summary>
    public double DeviceShare { get; private set; }

    /// <summary>What was sampled last.</summary>
    public ModelSnapshot Snapshot => _snapshot!;

    /// <summary>Looks at the version, and ends its column when another has begun.</summary>
    /// <param name="snapshot">The version now.</param>
    /// <param name="uptime">Now by the engine's clock.</param>
    /// <param name="objectives">How its model keeps its objective; null = it has none.</param>
    public void Sample(ModelSnapshot snapshot, TimeSpan uptime, ModelObjectives? objectives)
    {
        var number = History<ColumnView>.NumberAt(uptime);
        var counts = snapshot.Counts;
        if (_columnNumber < 0)
        {
            BeginColumn(number, counts, uptime);
        }

        if (counts.Requests > 0)
        {
            // What was counted before the first look belongs to no time.
            _latencies ??= new Latencies(snapshot.Model.Recorder, isNew: _snapshot is not null);
        }

        _snapshot = snapshot;
        var (since, elapsed) = _window.Add(uptime, counts);
        _latencies?.Read(snapshot.Model.Recorder, counts);
        var recent = counts.Since(since);
        DeviceShare = Math.Round(Figures.PerSecond(recent.DeviceTime.TotalSeconds, elapsed), 3);
        Row = ModelRows.Describe(snapshot, recent, elapsed, _latencies?.GetRecent(), objectives);
        if (number > _columnNumber)
        {
            EndColumn(uptime);
            BeginColumn(number, counts, uptime);
        }
    }

    /// <summary>The present column, which is not over.</summary>
    public ColumnView DescribeColumn(TimeSpan uptime)
    {
        var counts = _snapshot!.Counts.Since(_columnCounts);
        var elapsed = uptime - _columnStart;
        var column = new ColumnView(
            _columnNumber,
            Figures.Round(Figures.PerSecond(counts.Requests, elapsed)),
            Figures.Round(Figures.PerSecond(counts.Errors, elapsed)),
            _snapshot.QueueDepth,
            Row.Memory)
        {
            Batch = ModelRows.DescribeBatch(counts),
        };
        return counts.Successes > 0 && _latencies is not null ? AddLatencies(column, _latencies, _snapshot.Model.Recorder) : column;
    }

    /// <summary>The columns before the present one that had something to show, oldest first.</summary>
    public IEnumerable<ColumnView> GetColumns() => _history.Before(_columnNumber).OfType<ColumnView>();

    /// <summary>Requests a second of the last columns, oldest first; null when there were none.</summary>
    public float[]? GetRates(int count)
    {
        float[] rates = [.. _history.Before(_columnNumber, count).Select(static column => (float)(column?.Rate ?? 0))];
        return Array.TrueForAll(rates, static rate => rate == 0) ? null : rates;
    }

    // One after the other: a distribution holds until the next is asked for.
    private static ColumnView AddLatencies(ColumnView column, Latencies latencies, ModelRecorder recorder)
    {
        var distribution = latencies.GetColumn();
        var full = column with
        {
            P50 = Figures.ToMilliseconds(distribution.GetQuantile(0.5)),
            P99 = Figures.ToMilliseconds(distribution.GetQuantile(0.99)),
            Heat = HeatRows.Read(distribution),
        };
        return full with { Stages = latencies.GetColumnStages(recorder) };
    }

    private void BeginColumn(long number, ModelCounts counts, TimeSpan uptime) =>
        (_columnNumber, _columnCounts, _columnStart) = (number, counts, uptime);

    private void EndColumn(TimeSpan uptime)
    {
        var column = DescribeColumn(uptime);
        if (column.Rate > 0 || column.Queue > 0)
        {
            _history.Set(_columnNumber, column);
        }

        _latencies?.EndColumn(_snapshot!.Model.Recorder);
    }

    /// <summary>The distributions of a version that has had requests: now, when the column began, and when the one before began.</summary>
    private sealed class Latencies
    {
        private readonly LatencyDistribution _now = new();
        private readonly LatencyDistribution _scratch = new();
        private readonly TimeSpan[] _stages = new TimeSpan[StageCount];
        private LatencyDistribution _column = new();
        private LatencyDistribution _before = new();
        private long _successes = -1;

        public Latencies(ModelRecorder recorder, bool isNew)
        {
            if (!isNew)
            {
                recorder.Read(RequestStage.Total, _column);
                _before.CopyFrom(_column);
                ReadStages(recorder, _stages);
            }
        }

        public void Read(ModelRecorder recorder, ModelCounts counts)
        {
            if (counts.Successes != _successes)
            {
                _successes = counts.Successes;
                recorder.Read(RequestStage.Total, _now);
            }
        }

        /// <summary>The latencies of the last seconds, between one column's length and two. Until the next call.</summary>
        public LatencyDistribution GetRecent() => Subtract(_before);

        /// <summary>The latencies of the present column. Until the next call.</summary>
        public LatencyDistribution GetColumn() => Subtract(_column);

        public double[] GetColumnStages(ModelRecorder recorder)
        {
            var count = GetColumn().Count;
            var times = new TimeSpan[StageCount];
            ReadStages(recorder, times);
            return [.. times.Select((time, stage) => count > 0 ? Figures.ToMilliseconds((time - _stages[stage]) / count) : 0)];
        }

        public void EndColumn(ModelRecorder recorder)
        {
            if (_now.Count > _column.Count)
            {
                ReadStages(recorder, _stages);
            }

            (_before, _column) = (_column, _before);
            _column.CopyFrom(_now);
        }

        private LatencyDistribution Subtract(LatencyDistribution earlier)
        {
            _scratch.CopyFrom(_now);
            _scratch.Subtract(earlier);
            return _scratch;
        }

        private void ReadStages(ModelRecorder recorder, TimeSpan[] times)
        {
            for (var stage = 0; stage < StageCount; stage++)
            {
                recorder.Read((RequestStage)stage, _scratch);
                times[stage] = _scratch.Sum;
            }
        }
    }
}
