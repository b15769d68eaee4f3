using System.Collections;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Camshaft.Server.Startup;

/// <summary>
/// Sends metrics and spans by the OpenTelemetry protocol, as its standard environment variables say; without an endpoint among
/// them there is nothing of it. Sending has threads and bounded queues of its own: what cannot be sent in time is lost.
/// </summary>
internal static class TelemetryExport
{
    private const string Prefix = "OTEL_";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Every stage of a thousand models; other metrics keep the library's own bound of 2,000.
    private const int MostDurations = 8000;

    /// <summary>Adds it to the server.</summary>
    public static void Add(WebApplicationBuilder builder)
    {
        var sendsMetrics = IsWanted("METRICS");
        var sendsTraces = IsWanted("TRACES");
        if (!sendsMetrics && !sendsTraces)
        {
            return;
        }

        // The libraries read the variables from the configuration, which here has no others.
        builder.Configuration.AddInMemoryCollection(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(static variable => ((string)variable.Key).StartsWith(Prefix, StringComparison.Ordinal))
            .Select(static variable => new KeyValuePair<string, string?>((string)variable.Key, (string?)variable.Value)));
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(static resource =>
        {
            if (Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") is null or "")
            {
                resource.AddService("camshaft", serviceVersion: StartupBanner.Version);
            }
        });
        if (sendsMetrics)
        {
            telemetry.WithMetrics(static metrics => metrics
                .AddMeter(EngineMeter.Name)
                .AddView(MetricTable.RequestDuration.Name, new MetricStreamConfiguration { CardinalityLimit = MostDurations })
                .AddOtlpExporter());
        }

        if (sendsTraces)
        {
            telemetry.WithTracing(static traces => traces.AddSource(RequestSpans.SourceName).AddOtlpExporter());
        }
    }

    private static bool IsWanted(string signal) =>
        (IsSet(Endpoint) || IsSet($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"))
        && !string.Equals(Environment.GetEnvironmentVariable($"OTEL_{signal}_EXPORTER"), "none", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
