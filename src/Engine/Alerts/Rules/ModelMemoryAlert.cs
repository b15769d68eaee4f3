using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>Models have reached their memory budget: the next that is asked for has others leave.</summary>
internal sealed class ModelMemoryAlert(FillTerms terms) : IAlertRule
{
    public void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into) =>
        MemoryFill.Judge(into, terms, AlertNames.ModelMemoryFull, AlertRules.NoLabels(), "Models", server.ModelByteSize, server.ModelBudgetByteSize);
}
