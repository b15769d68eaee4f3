using System.Globalization;
using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;
using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>Too many requests to a model fail by the server's fault.</summary>
internal sealed class ErrorRateAlert(ErrorRateTerms terms) : IAlertRule
{
    public void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into)
    {
        foreach (var model in models)
        {
            var period = model.ErrorPeriod;
            var tally = ObjectiveTally.Count(ObjectiveKind.Availability, period.Totals);
            var percent = 100 - tally.Percent;
            if (tally.Total < terms.MinimumRequests || percent <= terms.Percent)
            {
                continue;
            }

            var causes = AlertCauses.Find(ObjectiveKind.Availability, period);
            into.Add(new AlertCondition(AlertNames.ErrorRateHigh, AlertSeverity.Critical, AlertRules.Label("model", model.Reading.Name))
            {
                For = terms.For,
                Summary = string.Create(CultureInfo.InvariantCulture, $"{percent:0.#} % of the requests to model '{model.Reading.Name}' fail."),
                Description = string.Create(
                    CultureInfo.InvariantCulture,
                    $"In the last {AlertText.Format(period.Length)} {tally.Bad} of {tally.Total} requests failed; {terms.Percent:0.###} % may. Due to: {AlertText.Describe(causes)}."),
                Value = percent,
                Causes = causes,
                FindExamples = () => model.Reading.FindExamples(ObjectiveKind.Availability),
            });
        }
    }
}
