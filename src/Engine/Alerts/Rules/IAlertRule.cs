using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>One kind of alert: says what of it holds now. A pure function of readings.</summary>
internal interface IAlertRule
{
    /// <summary>Adds what holds.</summary>
    /// <param name="server">The newest reading.</param>
    /// <param name="models">The models of that reading, with their past.</param>
    /// <param name="into">Where it is added.</param>
    void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into);
}
