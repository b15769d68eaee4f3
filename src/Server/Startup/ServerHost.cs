using Camshaft.Alerting;
using Camshaft.Backends;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.Engine.Plugins;
using Camshaft.LiveConsole;
using Camshaft.Server.Configuration;
using Camshaft.Transport.Binary;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Hosting.Limits;
using Camshaft.Transport.Http;
using Camshaft.Transport.Metrics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;

namespace Camshaft.Server.Startup;

/// <summary>Puts the server together: the engine, its transports, their ports, the log. Nothing runs yet.</summary>
internal static class ServerHost
{
    // What is left of a stop after the requests in flight: connections and models.
    private static readonly TimeSpan UnloadAllowance = TimeSpan.FromSeconds(15);

    /// <summary>Puts it together.</summary>
    /// <param name="options">What is configured.</param>
    /// <param name="gpus">Finds the GPUs, the caller's to dispose; null = by the system's driver.</param>
    /// <exception cref="ConfigurationException">The options name something that does not exist.</exception>
    public static WebApplication Build(ServerOptions options, CudaDeviceProvider? gpus = null)
    {
        // The empty builder reads no files and no environment of its own: what is configured is what the options say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "camshaft", ContentRootPath = AppContext.BaseDirectory });
        AddLogging(builder.Logging, options);
        var sockets = new ListenSockets();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => ConfigurePorts(kestrel, options));
        builder.WebHost.UseSockets(transport => transport.CreateBoundListenSocket = sockets.CreateBound);
        if (options.Tls.Certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Services.AddServiceManager();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.GraceSeconds + options.DrainSeconds) + UnloadAllowance);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(sockets);
        builder.Services.AddSingleton<BinaryPort>();
        builder.Services.AddSingleton<MetricsPort>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<ConnectionLimit>(services, options.Limits.Connections));
        builder.Services.AddSingleton<GracefulStop>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<GracefulStop>());
        AddGpus(builder.Services, options, gpus);
        var camshaft = builder.Services.AddCamshaft(options.ToEngineOptions())
            .AddAlerts(options.Alerts.ToAlertOptions())
            .AddAlertDelivery(options.Alerts.ToDeliveryOptions())
            .AddAccess(options.Access.ToAccessOptions(options.Limits))
            .AddHttp(new HttpTransportOptions
            {
                BodyByteSizeLimit = options.Limits.BodyBytes,
                JsonByteSizeLimit = options.Limits.JsonBytes,
                JsonDepthLimit = options.Limits.JsonDepth,
                RequestTimeout = options.Limits.RequestSeconds == 0 ? null : TimeSpan.FromSeconds(options.Limits.RequestSeconds),
            })
            .AddMetrics()
            .AddBinary(BinaryPort.ToTransportOptions(options));
        if (options.Console)
        {
            camshaft.AddConsole();
        }

        TelemetryExport.Add(builder);
        if (options.BinaryIo == BinaryIo.Epoll)
        {
            AddEpoll(camshaft);
        }

        var app = builder.Build();
        var stop = app.Services.GetRequiredService<GracefulStop>();
        app.Use(next => context => stop.ServeAsync(context, next));
        app.Use(next => context => MetricsPort.ServeAsync(context, next));
        app.MapCamshaft();
        if (options.Console)
        {
            app.MapCamshaftConsole();
        }
        else
        {
            app.MapNoCamshaftConsole();
        }

        return app;
    }

    private static void AddGpus(IServiceCollection services, ServerOptions options, CudaDeviceProvider? gpus)
    {
        if (gpus is not null)
        {
            services.AddSingleton<IDeviceProvider>(gpus);
            return;
        }

        services.AddSingleton<IDeviceProvider>(provider => options.CreateGpuProvider(
            provider.GetRequiredService<TimeProvider>(), new BackendLog(provider.GetRequiredService<ILoggerFactory>().CreateLogger("Camshaft.Devices"))));
    }

    private static void AddEpoll(CamshaftBuilder camshaft)
    {
        if (!BinaryTransportExtensions.HasEpoll)
        {
            throw new ConfigurationException("This system has no epoll, which is Linux's; leave 'binaryIo' (--binary-io) out.");
        }

        camshaft.AddEpoll();
    }

    private static void ConfigurePorts(KestrelServerOptions kestrel, ServerOptions options)
    {
        var certificate = options.Tls.Certificate is null ? null : ActivatorUtilities.CreateInstance<ServerCertificate>(kestrel.ApplicationServices, options.Tls);
        HttpPort.Configure(kestrel, options, certificate);
        kestrel.ApplicationServices.GetRequiredService<BinaryPort>().Configure(kestrel, options, certificate);
        kestrel.ApplicationServices.GetRequiredService<MetricsPort>().Configure(kestrel, options, certificate);
    }

    private static void AddLogging(ILoggingBuilder logging, ServerOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);

        // One scope and two lines for each request would cost more than the request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft", level => level >= LogLevel.Warning && level >= options.LogLevel);

        // Standard output is the banner's, so that either stream can be read by a program.
        logging.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.LogFormat == LogFormat.Json)
        {
            logging.AddJsonConsole(static json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "O";
            });
        }
        else
        {
            logging.AddSimpleConsole(static text =>
            {
                text.SingleLine = true;
                text.UseUtcTimestamp = true;
                text.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff'Z' ";
            });
        }
    }
}
