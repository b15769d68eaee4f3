using System.ComponentModel.DataAnnotations;
using Camshaft.Engine.Alerts.Options;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>When the error budget of a model's slo burns too fast.</summary>
internal sealed class BurnSection
{
    [Setting("Whether alerts tell that the error budget of a model's slo burns too fast")]
    public bool Enabled { get; set; } = true;

    [Range(1, 1_000_000)]
    [Setting("How many requests must count in a long window before its burn rate is judged", Unit = "requests")]
    public int MinimumRequests { get; set; } = 10;

    [Range(0, 86_400)]
    [Setting("How long it must burn too fast before anybody is told", Unit = "seconds")]
    public int ForSeconds { get; set; }

    public BurnTerms ToTerms() => new() { IsEnabled = Enabled, MinimumRequests = MinimumRequests, For = TimeSpan.FromSeconds(ForSeconds) };
}
