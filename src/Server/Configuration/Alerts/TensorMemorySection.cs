using System.ComponentModel.DataAnnotations;
using Camshaft.Engine.Alerts.Options;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>When requests' tensors have reached their memory budget.</summary>
internal sealed class TensorMemorySection
{
    [Setting("Whether an alert tells that the tensors of requests have reached their memory budget (tensorMemoryBytes)")]
    public bool Enabled { get; set; } = true;

    [Range(1.0, 100)]
    [Setting("From how much of the budget on it counts as reached", Unit = "percent")]
    public double Percent { get; set; } = 95;

    [Range(0, 86_400)]
    [Setting("How long it must be reached before anybody is told", Unit = "seconds")]
    public int ForSeconds { get; set; } = 30;

    public FillTerms ToTerms() => new() { IsEnabled = Enabled, Percent = Percent, For = TimeSpan.FromSeconds(ForSeconds) };
}
