using System.ComponentModel.DataAnnotations;
using Camshaft.Engine.Alerts.Options;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>When models have reached what they may take of a GPU's memory.</summary>
internal sealed class DeviceMemorySection
{
    [Setting("Whether an alert tells that models have reached what they may take of a GPU's memory (gpuMemoryFraction)")]
    public bool Enabled { get; set; } = true;

    [Range(1.0, 100)]
    [Setting("From how much of that on it counts as reached", Unit = "percent")]
    public double Percent { get; set; } = 95;

    [Range(0, 86_400)]
    [Setting("How long it must be reached before anybody is told", Unit = "seconds")]
    public int ForSeconds { get; set; } = 30;

    public FillTerms ToTerms() => new() { IsEnabled = Enabled, Percent = Percent, For = TimeSpan.FromSeconds(ForSeconds) };
}
