using System.ComponentModel.DataAnnotations;
using Camshaft.Engine.Alerts.Options;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>When too many requests to a model fail.</summary>
internal sealed class ErrorRateSection
{
    [Setting("Whether an alert tells that too many requests to a model fail by the server's fault")]
    public bool Enabled { get; set; } = true;

    [Range(0.0, 100)]
    [Setting("How many of a hundred requests may fail", Unit = "percent")]
    public double Percent { get; set; } = 5;

    [Range(10, 86_400)]
    [Setting("Over how long requests are counted", Unit = "seconds")]
    public int WindowSeconds { get; set; } = 300;

    [Range(1, 1_000_000)]
    [Setting("How many requests there must be in that time", Unit = "requests")]
    public int MinimumRequests { get; set; } = 20;

    [Range(0, 86_400)]
    [Setting("How long too many must fail before anybody is told", Unit = "seconds")]
    public int ForSeconds { get; set; } = 60;

    public ErrorRateTerms ToTerms() => new()
    {
        IsEnabled = Enabled,
        Percent = Percent,
        Window = TimeSpan.FromSeconds(WindowSeconds),
        MinimumRequests = MinimumRequests,
        For = TimeSpan.FromSeconds(ForSeconds),
    };
}
