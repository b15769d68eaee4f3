using System.Globalization;
using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>A model's queue is as good as full: requests are refused, or soon will be.</summary>
internal sealed class QueueFullAlert(FillTerms terms) : IAlertRule
{
    public void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into)
    {
        foreach (var model in models.Select(static model => model.Reading))
        {
            if (model.QueueLimit <= 0 || model.QueueDepth * 100.0 / model.QueueLimit is var percent && percent < terms.Percent)
            {
                continue;
            }

            into.Add(new AlertCondition(AlertNames.QueueFull, AlertSeverity.Critical, AlertRules.Label("model", model.Name))
            {
                For = terms.For,
                Summary = $"The queue of model '{model.Name}' is full.",
                Description = string.Create(CultureInfo.InvariantCulture, $"{model.QueueDepth} requests wait and {model.QueueLimit} may; one more is refused."),
                Value = percent,
            });
        }
    }
}
