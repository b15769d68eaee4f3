namespace Camshaft.Alerting;

/// <summary>Who is told of alerts beside the log. Immutable.</summary>
public sealed record AlertDeliveryOptions
{
    /// <summary>The webhooks.</summary>
    public IReadOnlyList<WebhookOptions> Webhooks { get; init; } = [];

    /// <summary>The Alertmanagers; of a cluster all of its members.</summary>
    public IReadOnlyList<AlertmanagerOptions> Alertmanagers { get; init; } = [];

    /// <summary>Where people find this server, for links in messages; null = there are none.</summary>
    public Uri? ServerUrl { get; init; }
}
