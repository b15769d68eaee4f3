using System.IO.Pipelines;
using System.Net.Sockets;
using Camshaft.Transport.Binary.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>One connection of a loop, as Kestrel knows connections. Any thread; ends when it is disposed, which whoever serves it sees to.</summary>
internal sealed class EpollConnection : ConnectionContext, IDuplexPipe, IConnectionSocketFeature
{
    private readonly IoLoop _loop;
    private readonly EpollSocket _socket;
    private readonly SocketReader _reader;
    private readonly SocketWriter _writer;

    // Never disposed: its end may be told while the connection's is, and there is nothing in it but managed memory.
#pragma warning disable CA2213
    private readonly CancellationTokenSource _closed = new();
#pragma warning restore CA2213

    private IDictionary<object, object?>? _items;
    private string? _id;
    private ulong _token;
    private int _isDisposed;
    private int _hasEnded;

    /// <param name="loop">Its loop, which has not heard of it.</param>
    /// <param name="socket">A connected socket, this one's from now on.</param>
    public EpollConnection(IoLoop loop, Socket socket)
    {
        _loop = loop;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        Socket = socket;
        _socket = new EpollSocket(socket);
        _reader = new SocketReader(this, _socket, loop.Memory);
        _writer = new SocketWriter(this, _socket, loop.Memory);
        ConnectionClosed = _closed.Token;
        Features = new FeatureCollection();
        Features.Set<IConnectionSocketFeature>(this);
        if (_socket.Descriptors is { } descriptors)
        {
            Features.Set<IReceivedDescriptors>(descriptors);
        }
    }

    /// <inheritdoc/>
    public override IDuplexPipe Transport
    {
        get => field ?? this;
        set;
    }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _id ??= Guid.NewGuid().ToString("N");
        set => _id = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; }

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <summary>The socket, for what it says of the other side; its bytes are the connection's.</summary>
    public Socket Socket { get; }

    PipeReader IDuplexPipe.Input => _reader;

    PipeWriter IDuplexPipe.Output => _writer;

    /// <summary>Begins: from here on events come.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system watches no more sockets.</exception>
    public void Start() => _token = _loop.Add(this, _socket.Handle);

    /// <summary>Goes on with what waits for these events, or for its turn, which has come. By the loop.</summary>
    public void OnEvents(uint events)
    {
        var hasHungUp = (events & EpollInstance.HungUp) != 0;
        if (hasHungUp)
        {
            MarkEnd();
        }

        if (hasHungUp || (events & EpollInstance.Writable) != 0)
        {
            _writer.OnWritable();
        }

        _reader.OnTurn(hasHungUp || (events & EpollInstance.Readable) != 0, hasHungUp);
    }

    /// <summary>Leaves the others of its loop their turn before it goes on.</summary>
    public void AskForTurn() => _loop.AskForTurn(this);

    /// <summary>Says whether the writer waits for room.</summary>
    public void WatchForRoom(bool isWaiting) => _loop.Watch(_socket.Handle, _token, isWaiting);

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => _socket.End();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _loop.Remove(_token, _socket.Handle);
            _writer.Complete();
            _reader.Complete();
            _socket.Dispose();
            MarkEnd();
        }

        return base.DisposeAsync();
    }

    /// <summary>Says that nothing more arrives, whether all that did was read or not. Who waits for that goes on elsewhere.</summary>
    private void MarkEnd()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            _ = _closed.CancelAsync();
        }
    }
}
