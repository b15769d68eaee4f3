using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Camshaft.Server.Startup;

/// <summary>The sockets that the server listens on, kept in sight so that a stop can close their doors without a loss. Any thread.</summary>
internal sealed class ListenSockets
{
    private readonly ConcurrentQueue<Socket> _sockets = new();

    /// <summary>Makes a socket as Kestrel would, and remembers it, unless it is a Unix socket, which has no handshakes.</summary>
    public Socket CreateBound(EndPoint endPoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (endPoint is IPEndPoint)
        {
            _sockets.Enqueue(socket);
        }

        return socket;
    }

    /// <summary>Lets no new connection begin; those whose handshake has begun are still taken.</summary>
    /// <returns>Whether the system can do that.</returns>
    public bool TryRefuseHandshakes()
    {
        var refused = true;
        foreach (var socket in _sockets)
        {
            refused &= HandshakeFilter.TryAttach(socket);
        }

        return refused;
    }

    /// <summary>How many connections the system has taken which the server has not seen yet; only after <see cref="TryRefuseHandshakes"/> returned true.</summary>
    public int CountWaiting()
    {
        var waiting = 0;
        foreach (var socket in _sockets)
        {
            waiting += HandshakeFilter.CountWaiting(socket);
        }

        return waiting;
    }
}
