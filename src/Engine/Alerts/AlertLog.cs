using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Alerts;

/// <summary>Writes alerts to the log: one line when one fires, one when it is resolved.</summary>
internal sealed partial class AlertLog(ILogger logger) : IAlertSink
{
    public void Publish(IReadOnlyList<Alert> changed, AlertBoard board)
    {
        foreach (var alert in changed)
        {
            if (alert.State == AlertState.Resolved)
            {
                Log.Resolved(logger, alert.Name, alert.Summary, (alert.EndsAt - alert.FiringSince)?.TotalSeconds ?? 0, alert.Fingerprint);
            }
            else
            {
                Log.Fires(logger, alert.Severity == AlertSeverity.Info ? LogLevel.Information : LogLevel.Warning, alert.Name, alert.Severity, alert.Summary, alert.Description, alert.Fingerprint);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 900, Message = "Alert {AlertName} fires ({Severity}): {Summary} {Description} [{Fingerprint}]")]
        public static partial void Fires(ILogger logger, LogLevel level, string alertName, AlertSeverity severity, string summary, string description, string fingerprint);

        [LoggerMessage(901, LogLevel.Information, "Alert {AlertName} is resolved: {Summary} It fired for {Seconds:0} s. [{Fingerprint}]")]
        public static partial void Resolved(ILogger logger, string alertName, string summary, double seconds, string fingerprint);
    }
}
