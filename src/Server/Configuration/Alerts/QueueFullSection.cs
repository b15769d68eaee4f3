using System.ComponentModel.DataAnnotations;
using Camshaft.Engine.Alerts.Options;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>When a model's queue is full.</summary>
internal sealed class QueueFullSection
{
    [Setting("Whether an alert tells that a model's queue is full")]
    public bool Enabled { get; set; } = true;

    [Range(1.0, 100)]
    [Setting("From how full on it counts as full", Unit = "percent")]
    public double Percent { get; set; } = 95;

    [Range(0, 86_400)]
    [Setting("How long it must be full before anybody is told", Unit = "seconds")]
    public int ForSeconds { get; set; } = 10;

    public FillTerms ToTerms() => new() { IsEnabled = Enabled, Percent = Percent, For = TimeSpan.FromSeconds(ForSeconds) };
}
