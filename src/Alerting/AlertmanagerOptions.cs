namespace Camshaft.Alerting;

/// <summary>A Prometheus Alertmanager: it is told what fires again and again, as it expects.</summary>
/// <inheritdoc/>
public sealed record AlertmanagerOptions(string Name, Uri Url) : AlertEndpointOptions(Name, Url)
{
    /// <summary>How often it is told; it takes an alert as resolved when it has not heard of it for four times as long. Default: every minute.</summary>
    public TimeSpan ResendInterval { get; init; } = TimeSpan.FromMinutes(1);
}
