using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>A device has failed, or holds runs that do not end.</summary>
internal sealed class DeviceFailedAlert(AlertTerms terms) : IAlertRule
{
    public void Judge(ServerReading server, IReadOnlyList<ModelHistory> models, ICollection<AlertCondition> into)
    {
        foreach (var device in server.FailedDevices)
        {
            into.Add(new AlertCondition(AlertNames.DeviceFailed, AlertSeverity.Critical, AlertRules.Label("device", device.Name))
            {
                For = terms.For,
                Summary = $"Device {device.Name} has failed, wholly or in part.",
                Description = device.Reason,
            });
        }
    }
}
