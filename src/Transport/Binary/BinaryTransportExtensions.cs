using Camshaft.Backends;
using Camshaft.Transport.Binary.Epoll;
using Camshaft.Transport.Binary.Sending;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Hosting.Limits;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Transport.Binary;

/// <summary>Adds the binary transport to Camshaft.</summary>
public static class BinaryTransportExtensions
{
    /// <summary>Makes a <see cref="BinaryServer"/> known; <see cref="UseBinary"/> puts it behind a port.</summary>
    public static CamshaftBuilder AddBinary(this CamshaftBuilder builder, BinaryTransportOptions? options = null)
    {
        builder.Services.AddSingleton(options ?? new BinaryTransportOptions());
        builder.Services.AddSingleton<BinaryServer>();
        return builder;
    }

    /// <summary>Whether <see cref="AddEpoll"/> works on this system.</summary>
    public static bool HasEpoll => OperatingSystem.IsLinux();

    /// <summary>
    /// Makes loops known that serve sockets in place of Kestrel's own, for the addresses that <see cref="UseEpoll"/> names. To be
    /// called after Kestrel itself was added.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">The system is no Linux.</exception>
    public static CamshaftBuilder AddEpoll(this CamshaftBuilder builder)
    {
        if (!HasEpoll)
        {
            throw new PlatformNotSupportedException("epoll is Linux's; on other systems Kestrel serves the binary protocol's sockets.");
        }

        builder.Services.AddSingleton<EpollEndPoints>();
        builder.Services.AddSingleton<IConnectionListenerFactory, EpollTransport>();
        return builder;
    }

    /// <summary>Serves the sockets of an address by the loops of <see cref="AddEpoll"/>.</summary>
    public static void UseEpoll(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        listen.ApplicationServices.GetRequiredService<EpollEndPoints>().Add(listen.EndPoint);
    }

    /// <summary>Serves the binary protocol, and nothing else, on the connections that come here.</summary>
    public static void UseBinary(this IConnectionBuilder connections)
    {
        ArgumentNullException.ThrowIfNull(connections);
        var server = connections.ApplicationServices.GetRequiredService<BinaryServer>();
        connections.Use(_ => server.ServeAsync);
    }

    /// <summary>Puts a limit before what serves a connection; one that is refused is told so by a go-away, where it can read one.</summary>
    /// <param name="connections">Where connections come in.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="isCleartext">Whether a refused client can read frames: not when it waits for a handshake.</param>
    public static void UseBinaryLimit(this IConnectionBuilder connections, ConnectionLimit limit, bool isCleartext)
    {
        ReadOnlyMemory<byte> refusal = isCleartext ? ControlFrames.GoAway(new InferenceStatus(StatusCode.ResourceExhausted, limit.Message)) : default;
        connections.Use(next => limit.Guard(next, refusal));
    }
}
