using System.Net.Http.Headers;
using Camshaft.Alerting;
using Camshaft.Engine.Alerts;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>What webhooks and Alertmanagers have in common.</summary>
internal abstract class RouteSection
{
    private const int MostTimeoutSeconds = 300;

    [Setting("Its address")]
    public string? Url { get; set; }

    [Setting("The name of an alert that it is told of", Default = "all")]
    public string[] Alerts { get; set; } = [];

    [Setting("The least severity of alerts that it is told of")]
    public AlertSeverity MinimumSeverity { get; set; }

    [Setting("How long an attempt to tell it may take", Unit = "seconds")]
    public int TimeoutSeconds { get; set; } = 10;

    [Setting("A file with the token in its first line by which the server shows who it is (Authorization: Bearer)", IsPath = true)]
    public string? TokenFile { get; set; }

    protected Uri FindAddress(string setting) => HttpAddress.Parse($"{setting}.url", Url);

    protected AlertFilter FindFilter(string setting) => Alerts.Except(AlertNames.All, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } unknown
        ? throw new ConfigurationException($"{setting}.alerts names '{unknown}', which is no alert; expected some of {string.Join(", ", AlertNames.All)}.")
        : new AlertFilter { MinimumSeverity = MinimumSeverity, Names = Alerts };

    protected TimeSpan FindTimeout(string setting) => TimeoutSeconds is >= 1 and <= MostTimeoutSeconds
        ? TimeSpan.FromSeconds(TimeoutSeconds)
        : throw new ConfigurationException($"{setting}.timeoutSeconds is {TimeoutSeconds}; expected 1 to {MostTimeoutSeconds}.");

    protected AuthenticationHeaderValue? FindAuthorization(string setting) => TokenFile is null
        ? null
        : ReadLine($"{setting}.tokenFile", TokenFile) is { Length: > 0 } token && token.All(static character => character is > ' ' and < (char)127)
            ? new AuthenticationHeaderValue("Bearer", token)
            : throw new ConfigurationException($"{setting}.tokenFile holds no token; expected visible ASCII characters in its first line.");

    /// <summary>Reads the first line of a file.</summary>
    protected static string ReadLine(string setting, string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault("").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{setting} cannot be read: {exception.Message}", exception);
        }
    }
}
