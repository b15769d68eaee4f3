using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>
/// Takes the sockets of some of Kestrel's addresses from it and serves them by loops of our own, one for each processor. All
/// that Kestrel does for connections it does for these as well. Linux alone; lives as long as the server.
/// </summary>
internal sealed class EpollTransport(
    EpollEndPoints endPoints,
    IMemoryPoolFactory<byte> memory,
    IOptions<SocketTransportOptions> options,
    ILogger<BinaryServer> logger) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly Lock _gate = new();
    private IoLoop[] _loops = [];
    private int _next;

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endPoints.Contains(endpoint);

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        StartLoops();
        try
        {
            var socket = options.Value.CreateBoundListenSocket(endpoint);
            socket.Listen(options.Value.Backlog);
            return new(new EpollListener(socket, NextLoop, options.Value.NoDelay, logger));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // What Kestrel takes for it; the same as its own transport throws.
            throw new AddressInUseException(exception.Message, exception);
        }
    }

    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
    }

    private IoLoop NextLoop() => _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];

    private void StartLoops()
    {
        lock (_gate)
        {
            if (_loops.Length > 0)
            {
                return;
            }

            _loops = new IoLoop[Environment.ProcessorCount];
            for (var i = 0; i < _loops.Length; i++)
            {
                _loops[i] = new IoLoop(i, memory.Create(), logger);
                _loops[i].Start();
            }
        }
    }
}
