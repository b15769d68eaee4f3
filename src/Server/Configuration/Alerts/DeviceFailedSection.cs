using System.ComponentModel.DataAnnotations;
using Camshaft.Engine.Alerts.Options;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>When a device has failed.</summary>
internal sealed class DeviceFailedSection
{
    [Setting("Whether an alert tells that a device has failed, or that runs which do not end hold it")]
    public bool Enabled { get; set; } = true;

    [Range(0, 86_400)]
    [Setting("How long that must last before anybody is told", Unit = "seconds")]
    public int ForSeconds { get; set; }

    public AlertTerms ToTerms() => new() { IsEnabled = Enabled, For = TimeSpan.FromSeconds(ForSeconds) };
}
