using Camshaft.Alerting;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>A Prometheus Alertmanager that is told of alerts.</summary>
internal sealed class AlertmanagerSection : RouteSection
{
    private const int MostResendSeconds = 3600;

    [Setting("How often it is told what fires; it takes as resolved what it has not heard of for four times as long", Unit = "seconds")]
    public int ResendSeconds { get; set; } = 60;

    /// <exception cref="ConfigurationException">It is not usable.</exception>
    public AlertmanagerOptions ToOptions(string name)
    {
        var setting = $"alerts.alertmanagers.{name}";
        return new AlertmanagerOptions(name, FindAddress(setting))
        {
            Filter = FindFilter(setting),
            Timeout = FindTimeout(setting),
            Authorization = FindAuthorization(setting),
            ResendInterval = ResendSeconds is >= 1 and <= MostResendSeconds
                ? TimeSpan.FromSeconds(ResendSeconds)
                : throw new ConfigurationException($"{setting}.resendSeconds is {ResendSeconds}; expected 1 to {MostResendSeconds}."),
        };
    }
}
