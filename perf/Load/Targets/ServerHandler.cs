using System.Net.Security;

namespace Camshaft.Load.Targets;

/// <summary>Connections to a server over HTTP, as load needs them: no proxy, no cookies, no trace headers, and none that closes because it is idle.</summary>
internal static class ServerHandler
{
    /// <summary>Makes a handler, the caller's to dispose.</summary>
    /// <exception cref="LoadException">The authority's file holds none.</exception>
    public static SocketsHttpHandler Create(TargetOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        if (options.AuthorityPath is { } path)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Authority.Trust(path) };
        }

        return handler;
    }
}
