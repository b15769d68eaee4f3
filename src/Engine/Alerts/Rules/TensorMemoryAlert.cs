using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>Requests' tensors have reached their memory budget: further requests wait to be read.</summary>
internal sealed class TensorMemoryAlert(FillTerms terms) : IAlertRule
{
    public void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into) =>
        MemoryFill.Judge(into, terms, AlertNames.TensorMemoryFull, AlertRules.NoLabels(), "Tensors of requests", server.TensorByteSize, server.TensorBudgetByteSize);
}
