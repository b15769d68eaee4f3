using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;
using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Alerts;

/// <summary>What is remembered of a model's past, as far as objectives and alerts look back: a bounded number of readings. One thread.</summary>
internal sealed class ModelHistory
{
    private const int Steps = 12;

    private readonly AlertOptions _options;
    private readonly SlidingTotals _latency;
    private readonly SlidingTotals _errors;
    private ObjectiveTracker? _tracker;
    private (TimeSpan Time, ServiceTotals Totals) _before;
    private ServiceTotals _totals;
    private TimeSpan _now;

    public ModelHistory(AlertOptions options, TimeSpan startedAt)
    {
        _options = options;
        _latency = new SlidingTotals(options.Latency.Window, Steps);
        _errors = new SlidingTotals(options.ErrorRate.Window, Steps);

        // Before it is first seen it had done nothing: all that the first reading counts came since the start.
        _before = (startedAt, default);
        _latency.Add(startedAt, default);
        _errors.Add(startedAt, default);
    }

    /// <summary>The newest reading.</summary>
    public ModelReading Reading { get; private set; } = new("");

    /// <summary>How it keeps its objective; null without one.</summary>
    public ModelObjectives? Objectives { get; private set; }

    /// <summary>What happened within the time over which its latency is watched.</summary>
    public Period LatencyPeriod => _latency.Within(_now, _latency.Window, _totals);

    /// <summary>What happened within the time over which its errors are counted.</summary>
    public Period ErrorPeriod => _errors.Within(_now, _errors.Window, _totals);

    /// <summary>Takes a reading.</summary>
    public void Add(TimeSpan now, ModelReading reading)
    {
        (Reading, _totals, _now) = (reading, reading.Totals, now);
        Objectives = TrackObjective();
        _before = (now, _totals);
        _latency.Add(now, _totals);
        _errors.Add(now, _totals);
    }

    // Another objective begins with a window of its own: what was counted by the old one says nothing of it.
    private ModelObjectives? TrackObjective()
    {
        if (Reading.Objective is not { } objective)
        {
            _tracker = null;
            return null;
        }

        if (_tracker?.Objective != objective)
        {
            _tracker = new ObjectiveTracker(objective, _options.Burn.MinimumRequests);
            _tracker.Add(_before.Time, _before.Totals);
        }

        var objectives = _tracker.Read(Reading.Name, _now, _totals);
        _tracker.Add(_now, _totals);
        return objectives;
    }
}
