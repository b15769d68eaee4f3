namespace Camshaft.Server.Configuration.Alerts;

/// <summary>Reads addresses to which messages go.</summary>
internal static class HttpAddress
{
    /// <exception cref="ConfigurationException">It is none.</exception>
    public static Uri Parse(string setting, string? text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
        ? address
        : throw new ConfigurationException($"{setting} is no address; expected one that begins with http:// or https://, without a name or password in it.");
}
