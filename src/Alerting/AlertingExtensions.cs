using Camshaft.Alerting.Delivery;
using Camshaft.Engine.Alerts;
using Camshaft.Transport.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Camshaft.Alerting;

/// <summary>Adds the delivery of alerts to Camshaft.</summary>
public static class AlertingExtensions
{
    /// <summary>Sends alerts to webhooks and Alertmanagers, from the application's start to its stop.</summary>
    public static CamshaftBuilder AddAlertDelivery(this CamshaftBuilder builder, AlertDeliveryOptions options)
    {
        foreach (var webhook in options.Webhooks)
        {
            AddRoute(builder.Services, webhook, clock => new WebhookFormat(webhook, options.ServerUrl, clock));
        }

        foreach (var alertmanager in options.Alertmanagers)
        {
            AddRoute(builder.Services, alertmanager, clock => new AlertmanagerFormat(alertmanager, options.ServerUrl, clock));
        }

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<AlertDelivery>();
        return builder;
    }

    private static void AddRoute(IServiceCollection services, AlertEndpointOptions endpoint, Func<TimeProvider, IAlertFormat> createFormat)
    {
        // Each under a key of its own, so that both names of one route find the same object.
        var key = new object();
        services.AddKeyedSingleton(key, (provider, _) => new AlertRoute(
            endpoint,
            createFormat(provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Camshaft.Alerts")));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<AlertRoute>(key));
        services.AddSingleton<IAlertSink>(provider => provider.GetRequiredKeyedService<AlertRoute>(key));
    }
}
