using System.Diagnostics.Metrics;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Alerts;
using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;
using Camshaft.Transport.Hosting.Access;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Hosting;

/// <summary>Adds Camshaft to an ASP.NET Core application.</summary>
public static class CamshaftServiceExtensions
{
    /// <summary>
    /// Adds the engine, which starts and stops with the application, and gives Kestrel receive blocks large enough for
    /// tensors. Transports are added to what this returns.
    /// </summary>
    public static CamshaftBuilder AddCamshaft(this IServiceCollection services, EngineOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new InferenceEngine(
            options,
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetServices<IDeviceProvider>(),
            provider.GetService<IMeterFactory>()));
        services.AddHostedService<EngineService>();
        services.TryAddSingleton(new AlertOptions());
        services.TryAddSingleton<IReadingSource, EngineReadingSource>();
        services.AddSingleton(CreateMonitor);
        services.AddSingleton<IAlertBoard>(static provider => provider.GetRequiredService<AlertMonitor>());
        services.AddHostedService<AlertService>();
        services.TryAddSingleton(new AccessOptions());
        services.TryAddSingleton<AccessControl>();
        services.TryAddSingleton<AuditLog>();
        services.AddSingleton<IMemoryPoolFactory<byte>, ReceiveMemoryPoolFactory>();
        return new CamshaftBuilder(services);
    }

    /// <summary>Says who may do what; without it, this machine may do everything, and others may infer and observe.</summary>
    public static CamshaftBuilder AddAccess(this CamshaftBuilder builder, AccessOptions options)
    {
        builder.Services.Replace(ServiceDescriptor.Singleton(options));
        return builder;
    }

    /// <summary>Says what is watched and when somebody is told; without it, everything by its defaults, and the log is told.</summary>
    public static CamshaftBuilder AddAlerts(this CamshaftBuilder builder, AlertOptions options)
    {
        builder.Services.Replace(ServiceDescriptor.Singleton(options));
        return builder;
    }

    /// <summary>Maps the endpoints of every transport that was added.</summary>
    public static void MapCamshaft(this IEndpointRouteBuilder endpoints)
    {
        foreach (var transport in endpoints.ServiceProvider.GetServices<ITransportEndpoints>())
        {
            transport.Map(endpoints);
        }
    }

    private static AlertMonitor CreateMonitor(IServiceProvider provider)
    {
        var monitor = ActivatorUtilities.CreateInstance<AlertMonitor>(provider);
        provider.GetRequiredService<InferenceEngine>().Telemetry.AlertBoard = monitor;
        return monitor;
    }
}
