using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Alerts;

/// <summary>Finds what burns an error budget, from what the stages of requests took in a time and how requests ended.</summary>
internal static class AlertCauses
{
    // Less is not worth a word.
    private const double LeastShare = 0.005;

    /// <summary>What it is due to, the largest part first.</summary>
    public static IReadOnlyList<AlertCause> Find(ObjectiveKind kind, in Period period)
    {
        var causes = kind == ObjectiveKind.Latency ? FindTimes(period.Totals) : FindFailures(period.Totals);
        if (period.Length > TimeSpan.Zero)
        {
            causes.Add(new AlertCause("load", Math.Min(1, period.Totals.LoadTime / period.Length)));
            causes.Add(new AlertCause("gc", Math.Min(1, period.Totals.CollectionTime / period.Length)));
        }

        return [.. causes.Where(static cause => cause.Share >= LeastShare).OrderByDescending(static cause => cause.Share)];
    }

    private static List<AlertCause> FindTimes(in ServiceTotals totals)
    {
        var sum = totals.QueueTime + totals.RunTime + totals.CopyTime + totals.SendTime;
        var count = totals.Answered;
        return sum <= TimeSpan.Zero || count <= 0
            ? []
            : [Part("queue", totals.QueueTime), Part("run", totals.RunTime), Part("copy", totals.CopyTime), Part("send", totals.SendTime)];

        AlertCause Part(string name, TimeSpan time) => new(name, time / sum, time / count);
    }

    private static List<AlertCause> FindFailures(in ServiceTotals totals)
    {
        double sum = totals.Requests - totals.Answered;
        return sum <= 0
            ? []
            : [new("late", totals.Late / sum), new("turned_away", totals.TurnedAway / sum), new("not_ready", totals.Untaken / sum), new("failed", totals.Failed / sum)];
    }
}
