using System.Globalization;
using Camshaft.Engine.Objectives;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>The metrics of objectives and alerts, as the server itself judges them.</summary>
internal static class ObjectiveMetrics
{
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new("camshaft.slo.target_ratio", MetricKind.Gauge, "1", "The part that is to keep a promise of the model's slo, by promise: latency or availability", "model", "objective")
        {
            Read = static snapshot => Promises(snapshot).Select(static promise => Of(promise, promise.State.Target / 100)),
        },
        new("camshaft.slo.latency", MetricKind.Gauge, "s", "The latency that the model's slo promises", "model")
        {
            Read = static snapshot => snapshot.Alerts.Objectives.Select(static model => new MetricSample(model.Objective.Latency.TotalSeconds, model.ModelName)),
        },
        new("camshaft.slo.window", MetricKind.Gauge, "s", "Over how long the model's slo is counted", "model")
        {
            Read = static snapshot => snapshot.Alerts.Objectives.Select(static model => new MetricSample(model.Objective.Window.TotalSeconds, model.ModelName)),
        },
        new("camshaft.slo.budget_left_ratio", MetricKind.Gauge, "1", "What is left of the error budget over that time: 1 = all, 0 = nothing, below 0 = overspent", "model", "objective")
        {
            Read = static snapshot => Promises(snapshot).Select(static promise => Of(promise, promise.State.BudgetLeft)),
        },
        new("camshaft.slo.burn_rate", MetricKind.Gauge, "1", "How fast the error budget burns over the last so many seconds: 1 = it lasts exactly for its window", "model", "objective", "window")
        {
            Read = static snapshot => Promises(snapshot).SelectMany(static promise => promise.State.Burns
                .DistinctBy(static burn => burn.Rule.Long)
                .Select(burn => Of(promise, burn.LongRate, burn.Rule.Long.TotalSeconds.ToString(CultureInfo.InvariantCulture)))),
        },
        new("camshaft.alerts.active", MetricKind.Gauge, "{alert}", "Alerts that are pending or fire; absent when there are none", "alert", "severity", "state")
        {
            Read = static snapshot => snapshot.Alerts.Active
                .CountBy(static alert => (alert.Name, alert.Severity, alert.State))
                .Select(static count => new MetricSample(count.Value, count.Key.Name, count.Key.Severity.ToString().ToLowerInvariant(), count.Key.State.ToString().ToLowerInvariant())),
        },
        new("camshaft.alerts.messages", MetricKind.Counter, "{message}", "Messages of alerts to webhooks and Alertmanagers, by outcome: sent, failed or dropped", "route", "kind", "outcome")
        {
            Read = static snapshot => snapshot.Alerts.Routes.SelectMany(static route => new MetricSample[]
            {
                new(route.Sent, route.Name, route.Kind, "sent"), new(route.Failed, route.Name, route.Kind, "failed"), new(route.Dropped, route.Name, route.Kind, "dropped"),
            }),
        },
    ];

    private static IEnumerable<(string Model, ObjectiveState State)> Promises(EngineSnapshot snapshot) =>
        snapshot.Alerts.Objectives.SelectMany(static model => model.States.Select(state => (model.ModelName, state)));

    private static MetricSample Of(in (string Model, ObjectiveState State) promise, double value, params ReadOnlySpan<string> more) =>
        new(value, [promise.Model, promise.State.Kind == ObjectiveKind.Latency ? "latency" : "availability", .. more]);
}
