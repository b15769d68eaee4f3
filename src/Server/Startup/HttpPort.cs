using System.Net.Security;
using Camshaft.Server.Configuration;
using Camshaft.Transport.Hosting.Limits;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Camshaft.Server.Startup;

/// <summary>Sets Kestrel up for HTTP: addresses, limits, encryption.</summary>
internal static class HttpPort
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    /// <summary>Sets it up.</summary>
    /// <param name="kestrel">Kestrel's options.</param>
    /// <param name="options">The server's options.</param>
    /// <param name="certificate">By which connections are encrypted; null = they are not.</param>
    /// <exception cref="ConfigurationException">The options name something that does not exist.</exception>
    public static void Configure(KestrelServerOptions kestrel, ServerOptions options, ServerCertificate? certificate)
    {
        kestrel.AddServerHeader = false;
        SetLimits(kestrel.Limits, options.Limits);
        var connections = kestrel.ApplicationServices.GetRequiredService<ConnectionLimit>();
        ListenAddresses.Listen(kestrel, options.Host, options.HttpPort, listen =>
        {
            listen.Use(next => connections.Guard(next, isCleartext: certificate is null));
            Encrypt(listen, certificate);
        });
    }

    /// <summary>Has an address speak TLS, and HTTP/2 where a client can; without a certificate it speaks HTTP/1.1 in clear.</summary>
    public static void Encrypt(ListenOptions listen, ServerCertificate? certificate)
    {
        if (certificate is not null)
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.CreateOptions(Protocols)) });
        }
    }

    private static void SetLimits(KestrelServerLimits limits, LimitOptions options)
    {
        limits.MaxRequestBodySize = options.BodyBytes;
        limits.MaxRequestHeadersTotalSize = options.HeaderBytes;
        limits.MaxRequestLineSize = Math.Min(limits.MaxRequestLineSize, options.HeaderBytes);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(options.HeaderSeconds);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(options.KeepAliveSeconds);
        limits.MinRequestBodyDataRate = ToRate(options.ReceiveBytesPerSecond, options.StallSeconds);
        limits.MinResponseDataRate = ToRate(options.SendBytesPerSecond, options.StallSeconds);
        limits.Http2.MaxStreamsPerConnection = options.RequestsPerConnection;
    }

    private static MinDataRate? ToRate(int bytesPerSecond, int graceSeconds) =>
        bytesPerSecond == 0 ? null : new MinDataRate(bytesPerSecond, TimeSpan.FromSeconds(graceSeconds));
}
