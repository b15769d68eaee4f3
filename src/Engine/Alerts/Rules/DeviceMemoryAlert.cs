using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>Models have reached what they may take of a device's memory: loads there fail, and so do requests that need more than the largest before.</summary>
internal sealed class DeviceMemoryAlert(FillTerms terms) : IAlertRule
{
    public void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into)
    {
        foreach (var device in server.Devices)
        {
            MemoryFill.Judge(into, terms, AlertNames.DeviceMemoryFull, AlertRules.Label("device", device.Name), $"Models on {device.Name}", device.ModelByteSize, device.BudgetByteSize);
        }
    }
}
