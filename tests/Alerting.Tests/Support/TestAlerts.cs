using Camshaft.Engine.Alerts;
using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Alerting.Tests.Support;

/// <summary>Alerts as a monitor would have them.</summary>
internal static class TestAlerts
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Alert Firing(string model = "m", AlertSeverity severity = AlertSeverity.Critical) => new()
    {
        Fingerprint = "00000000000000ff",
        Name = AlertNames.SloFastBurn,
        State = AlertState.Firing,
        Severity = severity,
        Labels = new SortedDictionary<string, string> { ["alertname"] = AlertNames.SloFastBurn, ["model"] = model, ["severity"] = severity.ToString().ToLowerInvariant() },
        Summary = "It burns.",
        Description = "Too fast.",
        Value = 15.5,
        Causes = [new AlertCause("queue", 0.75, TimeSpan.FromMilliseconds(30)), new AlertCause("run", 0.25, TimeSpan.FromMilliseconds(10))],
        Examples = [new SlowRequest("0af7651916cd43dd8448eb211c80319c", TimeSpan.FromMilliseconds(90), "Queue")],
        StartsAt = Start,
        FiringSince = Start,
    };

    public static Alert Resolved(string model = "m") => Firing(model) with { State = AlertState.Resolved, EndsAt = Start.AddMinutes(1) };

    public static AlertBoard Board(params Alert[] alerts) => new()
    {
        Active = [.. alerts.Where(static alert => alert.State != AlertState.Resolved)],
        Resolved = [.. alerts.Where(static alert => alert.State == AlertState.Resolved)],
    };
}
