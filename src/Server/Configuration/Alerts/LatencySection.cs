using System.ComponentModel.DataAnnotations;
using Camshaft.Engine.Alerts.Options;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>When a model's latency is over its threshold.</summary>
internal sealed class LatencySection
{
    [Setting("Whether an alert tells that a model's latency is over its threshold: of a model with an slo its latency and percentile, of others what is set here")]
    public bool Enabled { get; set; } = true;

    [Range(0.001, 3_600_000)]
    [Setting("The threshold for models without an slo, from a request's head to its answer", Unit = "milliseconds", Default = "none: they are not watched")]
    public double? Milliseconds { get; set; }

    [Range(1, 99.999)]
    [Setting("How many answers of a hundred are to stay within it", Unit = "percent")]
    public double Percentile { get; set; } = 99;

    [Range(10, 86_400)]
    [Setting("Over how long answers are counted", Unit = "seconds")]
    public int WindowSeconds { get; set; } = 60;

    [Range(1, 1_000_000)]
    [Setting("How many answers there must be in that time", Unit = "requests")]
    public int MinimumRequests { get; set; } = 20;

    [Range(0, 86_400)]
    [Setting("How long the latency must be over the threshold before anybody is told", Unit = "seconds")]
    public int ForSeconds { get; set; } = 60;

    public LatencyTerms ToTerms() => new()
    {
        IsEnabled = Enabled,
        Threshold = Milliseconds is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
        Percentile = Percentile,
        Window = TimeSpan.FromSeconds(WindowSeconds),
        MinimumRequests = MinimumRequests,
        For = TimeSpan.FromSeconds(ForSeconds),
    };
}
