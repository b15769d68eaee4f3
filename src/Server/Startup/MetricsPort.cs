using Camshaft.Server.Configuration;
using Camshaft.Transport.Hosting.Limits;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Camshaft.Server.Startup;

/// <summary>Where the metrics are served: a port of their own, or nowhere. Known in full once Kestrel has started.</summary>
internal sealed class MetricsPort
{
    /// <summary>The port's number that stands for no port.</summary>
    public const int None = -1;

    /// <summary>The path of the metrics, the only one on that port and on no other.</summary>
    public const string Path = "/metrics";

    private readonly List<ListenOptions> _endpoints = [];

    /// <summary>The addresses, as Kestrel names them, which are their URLs but for the path.</summary>
    public IReadOnlyList<string> KestrelAddresses => [.. _endpoints.Select(static endpoint => endpoint.ToString()!)];

    /// <summary>Sets Kestrel up.</summary>
    /// <param name="kestrel">Kestrel's options.</param>
    /// <param name="options">The server's options.</param>
    /// <param name="certificate">By which connections are encrypted; null = they are not.</param>
    /// <exception cref="ConfigurationException">The options name something that does not exist.</exception>
    public void Configure(KestrelServerOptions kestrel, ServerOptions options, ServerCertificate? certificate)
    {
        if (options.MetricsPort == None)
        {
            return;
        }

        var connections = kestrel.ApplicationServices.GetRequiredService<ConnectionLimit>();
        ListenAddresses.Listen(kestrel, options.Host, options.MetricsPort, listen =>
        {
            _endpoints.Add(listen);
            listen.Use(next => connections.Guard(
                connection =>
                {
                    connection.Features.Set(this);
                    return next(connection);
                },
                isCleartext: certificate is null));
            HttpPort.Encrypt(listen, certificate);
        });
    }

    /// <summary>Lets a request through if it is for the metrics and came to their port, or is for something else and came to another.</summary>
    public static Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        var isForMetrics = context.Request.Path.StartsWithSegments(Path, StringComparison.Ordinal, out var rest) && rest.Value is "" or "/";
        if (isForMetrics == context.Features.Get<MetricsPort>() is not null)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
