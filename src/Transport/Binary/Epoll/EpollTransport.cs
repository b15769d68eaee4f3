using System.Buffers;
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
    TimeProvider timeProvider,
    ILogger<BinaryServer> logger) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<IoLoop> _loops = [];
    private MemoryPool<byte>? _memory;
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
            return new(new EpollListener(socket, NextLoop, options.Value.NoDelay, timeProvider, logger));
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

        _memory?.Dispose();
    }

    private IoLoop NextLoop() => _loops[(int)((uint)Interlocked.Increment(ref _next) % _loops.Count)];

    private void StartLoops()
    {
        lock (_gate)
        {
            if (_loops.Count > 0)
            {
                return;
            }

            // One for all, since what a pool keeps for reuse is bounded for each.
            _memory = memory.Create();
            for (var i = 0; i < Environment.ProcessorCount; i++)
            {
                var loop = new IoLoop(i, _memory, logger);
                _loops.Add(loop);
                loop.Start();
            }
        }
    }
}
