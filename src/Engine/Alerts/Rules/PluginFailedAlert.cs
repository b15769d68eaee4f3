using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>A plugin cannot be used.</summary>
internal sealed class PluginFailedAlert(AlertTerms terms) : IAlertRule
{
    public void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into)
    {
        foreach (var plugin in server.FailedPlugins)
        {
            into.Add(new AlertCondition(AlertNames.PluginFailed, AlertSeverity.Warning, AlertRules.Label("plugin", plugin.Name))
            {
                For = terms.For,
                Summary = $"Plugin '{plugin.Name}' cannot be used.",
                Description = plugin.Reason,
            });
        }
    }
}
