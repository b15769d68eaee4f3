using Camshaft.Alerting;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>A webhook that is told of alerts.</summary>
internal sealed class WebhookSection : RouteSection
{
    private const string SecretPrefix = "whsec_";
    private const int LeastSecretBytes = 24;

    [Setting("The secret with which messages are signed as standardwebhooks.com says: whsec_ and then 24 bytes or more in Base64; better kept in a file", IsSecret = true)]
    public string? Secret { get; set; }

    [Setting("A file with that secret in its first line", IsPath = true)]
    public string? SecretFile { get; set; }

    /// <exception cref="ConfigurationException">It is not usable.</exception>
    public WebhookOptions ToOptions(string name)
    {
        var setting = $"alerts.webhooks.{name}";
        return new WebhookOptions(name, FindAddress(setting))
        {
            Filter = FindFilter(setting),
            Timeout = FindTimeout(setting),
            Authorization = FindAuthorization(setting),
            Secret = FindSecret(setting),
        };
    }

    private ReadOnlyMemory<byte>? FindSecret(string setting)
    {
        if (Secret is not null && SecretFile is not null)
        {
            throw new ConfigurationException($"{setting} has a secret and a secretFile; expected one of them.");
        }

        if ((Secret ?? (SecretFile is null ? null : ReadLine($"{setting}.secretFile", SecretFile))) is not { } text)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        return text.StartsWith(SecretPrefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[SecretPrefix.Length..], bytes, out var length) && length >= LeastSecretBytes
            ? bytes.AsMemory(0, length)
            : throw new ConfigurationException($"The secret of {setting} is not usable; expected {SecretPrefix} and then {LeastSecretBytes} bytes or more in Base64.");
    }
}
