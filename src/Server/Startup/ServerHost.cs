using Camshaft.Server.Configuration;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Http;
using Microsoft.Extensions.Logging.Console;

namespace Camshaft.Server.Startup;

/// <summary>Puts the server together: the engine, its transports, their ports, the log. Nothing runs yet.</summary>
internal static class ServerHost
{
    // Headers of an inference request are a few hundred bytes; the rest is room for proxies.
    private const int MaxHeaderBytes = 32 * 1024;

    // Each connection holds a block of 64 KiB at most while it receives: 640 MiB when all do at once.
    private const int MaxConnections = 10_000;

    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(130);
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(30);

    // What is left of a stop after the requests in flight: connections and models.
    private static readonly TimeSpan UnloadAllowance = TimeSpan.FromSeconds(15);

    /// <summary>Puts it together.</summary>
    /// <exception cref="ConfigurationException">The options name something that does not exist.</exception>
    public static WebApplication Build(ServerOptions options)
    {
        // The empty builder reads no files and no environment of its own: what is configured is what the options say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "camshaft", ContentRootPath = AppContext.BaseDirectory });
        AddLogging(builder.Logging, options);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.KeepAliveTimeout = KeepAliveTimeout;
            kestrel.Limits.RequestHeadersTimeout = HeaderTimeout;
            ListenAddresses.Listen(kestrel, options.Host, options.HttpPort);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.DrainSeconds) + UnloadAllowance);
        builder.Services.AddCamshaft(options.ToEngineOptions())
            .AddHttp(new HttpTransportOptions { BodyByteSizeLimit = options.MaxRequestBodyBytes });
        var app = builder.Build();
        app.MapCamshaft();
        return app;
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
