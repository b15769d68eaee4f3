namespace Camshaft.Alerting;

/// <summary>A webhook: it is told once when an alert fires and once when it is resolved.</summary>
/// <inheritdoc/>
public sealed record WebhookOptions(string Name, Uri Url) : AlertEndpointOptions(Name, Url)
{
    /// <summary>The key with which each message is signed; null = they are not.</summary>
    public ReadOnlyMemory<byte>? Secret { get; init; }
}
