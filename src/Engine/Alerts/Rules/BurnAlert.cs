using System.Globalization;
using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;
using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>The error budget of an objective burns too fast: one alert for a model and promise, by the fastest pair of windows of each severity.</summary>
internal sealed class BurnAlert(BurnTerms terms) : IAlertRule
{
    public void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into)
    {
        foreach (var model in models)
        {
            foreach (var state in model.Objectives?.States ?? [])
            {
                foreach (var burn in state.Burns.Where(static burn => burn.IsMet).DistinctBy(static burn => burn.Rule.IsFast))
                {
                    into.Add(Describe(model, state, burn));
                }
            }
        }
    }

    private AlertCondition Describe(ModelHistory model, ObjectiveState state, BurnState burn)
    {
        var (name, severity) = burn.Rule.IsFast ? (AlertNames.SloFastBurn, AlertSeverity.Critical) : (AlertNames.SloSlowBurn, AlertSeverity.Warning);
        var causes = AlertCauses.Find(state.Kind, burn.LongPeriod);
        var tally = ObjectiveTally.Count(state.Kind, burn.LongPeriod.Totals);
        var promise = state.Kind == ObjectiveKind.Latency
            ? $"are answered within {AlertText.Format(model.Objectives!.Objective.Latency)}"
            : "are answered";
        var labels = AlertRules.Label("model", model.Reading.Name);
        labels["objective"] = state.Kind.ToString().ToLowerInvariant();
        return new AlertCondition(name, severity, labels)
        {
            For = terms.For,
            Summary = string.Create(CultureInfo.InvariantCulture, $"The {labels["objective"]} budget of model '{model.Reading.Name}' burns {burn.LongRate:0.#} times as fast as it lasts."),
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"In the last {AlertText.Format(burn.LongPeriod.Length)} {tally.Good} of {tally.Total} requests ({tally.Percent:0.###} %) {promise}; the objective is {state.Target:0.####} %. {state.BudgetLeft:0.#%} of the budget of {AlertText.Format(model.Objectives!.Objective.Window)} is left.")
                + (causes.Count > 0 ? $" Due to: {AlertText.Describe(causes)}." : ""),
            Value = burn.LongRate,
            Causes = causes,
            FindExamples = () => model.Reading.FindExamples(state.Kind),
        };
    }
}
