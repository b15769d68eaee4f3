using System.Globalization;
using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;
using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>A model's latency is over its threshold: fewer answers keep it than its percentile says.</summary>
internal sealed class LatencyAlert(LatencyTerms terms) : IAlertRule
{
    public void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into)
    {
        foreach (var model in models)
        {
            var objective = model.Reading.Objective;
            var (threshold, percentile) = objective is null ? (terms.Threshold, terms.Percentile) : (objective.Latency, objective.Percentile);
            if (threshold is not { } latency)
            {
                continue;
            }

            var period = model.LatencyPeriod;
            var tally = new ObjectiveTally(objective is null ? period.Totals.WithinThreshold : period.Totals.WithinObjective, period.Totals.Answered);
            if (tally.Total >= terms.MinimumRequests && tally.Percent < percentile)
            {
                into.Add(Describe(model, latency, percentile, period, tally));
            }
        }
    }

    private AlertCondition Describe(ModelHistory model, TimeSpan latency, double percentile, in Period period, ObjectiveTally tally)
    {
        var causes = AlertCauses.Find(ObjectiveKind.Latency, period);
        return new AlertCondition(AlertNames.LatencyHigh, AlertSeverity.Warning, AlertRules.Label("model", model.Reading.Name))
        {
            For = terms.For,
            Summary = string.Create(CultureInfo.InvariantCulture, $"The latency of model '{model.Reading.Name}' at percentile {percentile:0.###} is over {AlertText.Format(latency)}."),
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"In the last {AlertText.Format(period.Length)} {tally.Good} of {tally.Total} answers ({tally.Percent:0.###} %) came within {AlertText.Format(latency)}.")
                + (causes.Count > 0 ? $" Due to: {AlertText.Describe(causes)}." : ""),
            Value = tally.Percent,
            Causes = causes,
            FindExamples = () => model.Reading.FindExamples(ObjectiveKind.Latency),
        };
    }
}
