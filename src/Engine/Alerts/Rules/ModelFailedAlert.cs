using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>A version of a model has failed; critical where no other version serves.</summary>
internal sealed class ModelFailedAlert(AlertTerms terms) : IAlertRule
{
    public void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into)
    {
        foreach (var model in models.Select(static model => model.Reading))
        {
            foreach (var failure in model.Failures)
            {
                var labels = AlertRules.Label("model", model.Name);
                if (failure.Name.Length > 0)
                {
                    labels["version"] = failure.Name;
                }

                into.Add(new AlertCondition(AlertNames.ModelFailed, model.IsServed ? AlertSeverity.Warning : AlertSeverity.Critical, labels)
                {
                    For = terms.For,
                    Summary = failure.Name.Length > 0 ? $"Model '{model.Name}' version {failure.Name} has failed." : $"Model '{model.Name}' cannot be served.",
                    Description = failure.Reason,
                });
            }
        }
    }
}
