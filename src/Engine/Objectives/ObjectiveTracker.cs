using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Objectives;

/// <summary>
/// Keeps what an objective needs of a model's past: the readings of its window and of the windows over which its burn rates
/// are watched; some 20 KiB whatever the traffic. One thread.
/// </summary>
internal sealed class ObjectiveTracker
{
    // Two readings in each short window, and 60 in the objective's own: its budget is exact to a sixtieth of the window.
    private const int StepsPerLong = 2 * BurnRule.ShortsPerLong;
    private const int StepsPerWindow = 60;

    private readonly SlidingTotals _window;
    private readonly (BurnRule Rule, SlidingTotals Totals)[] _burns;
    private readonly int _minimumRequests;

    /// <param name="objective">What is promised.</param>
    /// <param name="minimumRequests">How many must count in a long window before its burn rate is judged.</param>
    public ObjectiveTracker(LatencyObjective objective, int minimumRequests)
    {
        Objective = objective;
        _minimumRequests = minimumRequests;
        _window = new SlidingTotals(objective.Window, StepsPerWindow);
        _burns = [.. BurnRule.For(objective.Window).Select(static rule => (rule, new SlidingTotals(rule.Long, StepsPerLong)))];
    }

    /// <summary>What is promised.</summary>
    public LatencyObjective Objective { get; }

    /// <summary>Takes a reading.</summary>
    /// <param name="now">By a clock that never jumps.</param>
    /// <param name="totals">The model's totals.</param>
    public void Add(TimeSpan now, in ServiceTotals totals)
    {
        _window.Add(now, totals);
        foreach (var (_, burn) in _burns)
        {
            burn.Add(now, totals);
        }
    }

    /// <summary>Where the objective stands.</summary>
    public ModelObjectives Read(string modelName, TimeSpan now, in ServiceTotals totals)
    {
        var period = _window.Within(now, Objective.Window, totals);
        return new ModelObjectives(
            modelName,
            Objective,
            period.Length < Objective.Window ? period.Length : Objective.Window,
            Read(ObjectiveKind.Latency, now, totals, period),
            Read(ObjectiveKind.Availability, now, totals, period));
    }

    private ObjectiveState Read(ObjectiveKind kind, TimeSpan now, ServiceTotals totals, in Period period)
    {
        var target = ObjectiveTally.GetTarget(kind, Objective);
        return new ObjectiveState(kind, target, ObjectiveTally.Count(kind, period.Totals), [.. _burns.Select(burn => Judge(burn.Rule, burn.Totals))]);

        BurnState Judge(BurnRule rule, SlidingTotals past)
        {
            var longPeriod = past.Within(now, rule.Long, totals);
            var longTally = ObjectiveTally.Count(kind, longPeriod.Totals);
            var longRate = longTally.GetBurnRate(target);
            var shortRate = ObjectiveTally.Count(kind, past.Within(now, rule.Short, totals).Totals).GetBurnRate(target);

            // What was before the server started counts as kept: else the first slow requests of a cold process would wake somebody.
            var spent = longRate * Math.Min(1, longPeriod.Length / rule.Long);
            return new BurnState(rule, longRate, shortRate, longPeriod, longTally.Total >= _minimumRequests && spent >= rule.Factor && shortRate >= rule.Factor);
        }
    }
}
