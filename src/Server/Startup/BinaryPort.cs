using System.Net.Security;
using Camshaft.Server.Configuration;
using Camshaft.Transport.Binary;
using Camshaft.Transport.Hosting.Limits;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Camshaft.Server.Startup;

/// <summary>Where the binary protocol is served: a port, a Unix socket, both or neither. Known in full once Kestrel has started.</summary>
internal sealed class BinaryPort
{
    /// <summary>The port's number that stands for no port.</summary>
    public const int None = -1;

    private static readonly List<SslApplicationProtocol> Protocols = [new("camshaft/1")];

    private readonly List<ListenOptions> _endpoints = [];

    /// <summary>The addresses, as clients name them.</summary>
    public IReadOnlyList<string> Addresses => [.. _endpoints.Select(ToAddress)];

    /// <summary>The same addresses as Kestrel names them, which takes every port for one of HTTP.</summary>
    public IReadOnlyList<string> KestrelAddresses => [.. _endpoints.Select(static endpoint => endpoint.ToString()!)];

    /// <summary>Sets Kestrel up.</summary>
    /// <param name="kestrel">Kestrel's options.</param>
    /// <param name="options">The server's options.</param>
    /// <param name="certificate">By which the port's connections are encrypted; null = they are not.</param>
    /// <exception cref="ConfigurationException">The options name something that does not exist.</exception>
    public void Configure(KestrelServerOptions kestrel, ServerOptions options, ServerCertificate? certificate)
    {
        if (options.BinaryPort != None)
        {
            ListenAddresses.Listen(kestrel, options.Host, options.BinaryPort, listen => Serve(listen, options.BinaryIo, certificate));
        }

        if (options.BinarySocket is { } path)
        {
            SocketFile.Prepare(path);
            kestrel.ListenUnixSocket(path, listen => Serve(listen, options.BinaryIo, certificate: null));
        }
    }

    /// <summary>The limits of the binary transport among the server's options.</summary>
    public static BinaryTransportOptions ToTransportOptions(ServerOptions options)
    {
        var limits = options.Limits;
        return new BinaryTransportOptions
        {
            FrameByteSizeLimit = limits.BodyBytes,
            WindowByteSize = limits.ConnectionBytes,
            StandbyByteSize = limits.StandbyBytes,
            RequestLimit = limits.RequestsPerConnection,
            HandleLimit = limits.HandlesPerConnection,
            RequestTimeout = limits.RequestSeconds == 0 ? null : TimeSpan.FromSeconds(limits.RequestSeconds),
            HelloTimeout = TimeSpan.FromSeconds(limits.HeaderSeconds),
            IdleTimeout = TimeSpan.FromSeconds(limits.KeepAliveSeconds),
            ReceiveBytesPerSecond = limits.ReceiveBytesPerSecond,
            SendBytesPerSecond = limits.SendBytesPerSecond,
            StallTimeout = TimeSpan.FromSeconds(limits.StallSeconds),
            DrainTimeout = TimeSpan.FromSeconds(options.DrainSeconds),
            SharedMemory = new SharedMemoryOptions
            {
                OffersNamed = options.SharedMemory.Named,
                OffersSealed = options.SharedMemory.Sealed,
                OffersCuda = options.SharedMemory.Cuda,
                UsesInPlace = options.SharedMemory.InPlace,
                RegionLimit = limits.RegionsPerConnection,
                RegionByteSizeLimit = limits.RegionBytes,
                ServerRegionLimit = limits.Regions,
            },
            Agent = $"camshaft/{StartupBanner.Version}",
        };
    }

    private void Serve(ListenOptions listen, BinaryIo io, ServerCertificate? certificate)
    {
        _endpoints.Add(listen);
        listen.Protocols = HttpProtocols.Http1;
        if (io == BinaryIo.Epoll && certificate is null)
        {
            listen.UseEpoll();
        }

        listen.UseBinaryLimit(listen.ApplicationServices.GetRequiredService<ConnectionLimit>(), isCleartext: certificate is null);
        if (certificate is not null)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.CreateOptions(Protocols)) });
        }

        listen.UseBinary();
    }

    // Kestrel's "http" and "https" become "camshaft" and "camshafts".
    private static string ToAddress(ListenOptions endpoint) =>
        endpoint.SocketPath is { } path ? $"camshaft+unix://{path}" : $"camshaft{endpoint.ToString()!["http".Length..]}";
}
