using System.Globalization;
using Camshaft.Engine.Alerts;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Objectives;

namespace Camshaft.Server.CommandLine.Objectives;

/// <summary>
/// The rules by which Prometheus watches a model's objective: for each promise the share of failures over every window as a
/// series, what is left of the budget, and the two alerts of the same names as the server's own. Servers that Prometheus reads
/// together are one service.
/// </summary>
internal static class ObjectiveRules
{
    /// <summary>The series that the failures' share over a window is recorded as; the window follows.</summary>
    public const string ErrorRatio = "camshaft:slo_errors:ratio_rate";

    /// <summary>The series that says what is left of a budget.</summary>
    public const string BudgetLeft = "camshaft:slo_budget_left:ratio";

    // A rate needs two readings within its window, and survives one that is lost with four.
    private const int ScrapesPerShort = 4;

    // What counts against availability: all but a client's own faults.
    private const string CountedCodes = "ok|deadline_exceeded|resource_exhausted|unavailable|internal";

    /// <summary>Makes the rules of a model.</summary>
    /// <param name="modelName">The model.</param>
    /// <param name="objective">What is promised.</param>
    /// <param name="scrapeInterval">How often Prometheus reads; windows that it is too slow for are widened.</param>
    public static RuleGroup Create(string modelName, LatencyObjective objective, TimeSpan scrapeInterval)
    {
        var burns = BurnRule.For(objective.Window, scrapeInterval * (ScrapesPerShort * BurnRule.ShortsPerLong));
        var rules = new List<PrometheusRule>();
        foreach (var kind in Enum.GetValues<ObjectiveKind>())
        {
            var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["model"] = modelName, ["objective"] = kind.ToString().ToLowerInvariant() };
            var budget = (100m - (decimal)ObjectiveTally.GetTarget(kind, objective)) / 100m;
            rules.AddRange(burns.SelectMany(static burn => (TimeSpan[])[burn.Short, burn.Long]).Append(objective.Window).Distinct().Order()
                .Select(window => new PrometheusRule(ErrorRatio + Format(window), WriteRatio(kind, modelName, Format(window)), labels)));
            rules.Add(new PrometheusRule(BudgetLeft, string.Create(CultureInfo.InvariantCulture, $"1 - {Select(Format(objective.Window), labels)} / {budget}"), labels));
            rules.Add(CreateAlert(AlertNames.SloFastBurn, AlertSeverity.Critical, burns.Where(static burn => burn.IsFast), budget, labels));
            rules.Add(CreateAlert(AlertNames.SloSlowBurn, AlertSeverity.Warning, burns.Where(static burn => !burn.IsFast), budget, labels));
        }

        return new RuleGroup($"camshaft-slo-{modelName}", rules);
    }

    private static PrometheusRule CreateAlert(string name, AlertSeverity severity, IEnumerable<BurnRule> burns, decimal budget, Dictionary<string, string> labels)
    {
        var expression = string.Join("\nor\n", burns.Select(burn => string.Create(
            CultureInfo.InvariantCulture,
            $"(\n  {Select(Format(burn.Long), labels)} > {(decimal)burn.Factor} * {budget}\n  and\n  {Select(Format(burn.Short), labels)} > {(decimal)burn.Factor} * {budget}\n)")));
        return new PrometheusRule(name, expression, new Dictionary<string, string>(labels, StringComparer.Ordinal) { ["severity"] = severity.ToString().ToLowerInvariant() })
        {
            // Names of models are no templates: two braces in one would be.
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["summary"] = $"The {labels["objective"]} budget of model '{{{{ $labels.model }}}}' burns faster than it lasts.",
                ["description"] = $"{{{{ $value | humanizePercentage }}}} of the requests fail the objective; {budget * 100:0.####} % may.",
            },
        };
    }

    private static string WriteRatio(ObjectiveKind kind, string modelName, string window)
    {
        var model = $"model=\"{Escape(modelName)}\"";
        var answered = $"sum(rate(camshaft_requests_total{{{model},code=\"ok\"}}[{window}]))";
        return kind == ObjectiveKind.Latency
            ? $"1 - sum(rate(camshaft_requests_within_objective_total{{{model}}}[{window}])) / {answered}"
            : $"1 - {answered} / (sum(rate(camshaft_requests_total{{{model},code=~\"{CountedCodes}\"}}[{window}])) + sum(rate(camshaft_requests_untaken_total{{{model}}}[{window}])))";
    }

    private static string Select(string window, Dictionary<string, string> labels) => $"{ErrorRatio}{window}{{model=\"{Escape(labels["model"])}\",objective=\"{labels["objective"]}\"}}";

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    // The largest unit that is whole, as Prometheus writes durations; what is no whole second is rounded up.
    private static string Format(TimeSpan window)
    {
        var seconds = (long)Math.Ceiling(window.TotalSeconds);
        return (seconds % 86_400, seconds % 3600, seconds % 60) switch
        {
            (0, _, _) => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400}d"),
            (_, 0, _) => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h"),
            (_, _, 0) => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
        };
    }
}
