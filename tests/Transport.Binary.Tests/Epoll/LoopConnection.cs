using System.IO.Pipelines;
using System.Net.Sockets;
using Camshaft.Testing;
using Camshaft.Transport.Binary.Epoll;
using Camshaft.Transport.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Camshaft.Transport.Binary.Tests.Epoll;

/// <summary>One connection of our own loops over a Unix socket, without Kestrel, and the client's end of it.</summary>
internal sealed class LoopConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _directory = new();
    private readonly ReceiveMemoryPoolFactory _memory = new();
    private readonly EpollTransport _transport;
    private IConnectionListener _listener = null!;

    private LoopConnection() =>
        _transport = new EpollTransport(new EpollEndPoints(), _memory, Options.Create(new SocketTransportOptions()), TimeProvider.System, NullLogger<BinaryServer>.Instance);

    public Socket Client { get; } = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public ConnectionContext Server { get; private set; } = null!;

    public PipeReader Input => Server.Transport.Input;

    public PipeWriter Output => Server.Transport.Output;

    public static async Task<LoopConnection> OpenAsync()
    {
        var connection = new LoopConnection();
        var endPoint = new UnixDomainSocketEndPoint(Path.Combine(connection._directory.FullPath, "socket"));
        connection._listener = await connection._transport.BindAsync(endPoint);
        var accepting = connection._listener.AcceptAsync();
        await connection.Client.ConnectAsync(endPoint);
        connection.Server = (await accepting)!;
        return connection;
    }

    /// <summary>Reads until so many bytes are there, and consumes them.</summary>
    public async Task<byte[]> ReadAsync(int byteSize)
    {
        var result = await Input.ReadAtLeastAsync(byteSize).AsTask().WaitAsync(Patience);
        var bytes = System.Buffers.BuffersExtensions.ToArray(result.Buffer.Slice(0, byteSize));
        Input.AdvanceTo(result.Buffer.GetPosition(byteSize));
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Client.Dispose();
        await _listener.DisposeAsync();
        _transport.Dispose();
        Assert.Equal(0, _memory.Rented);
        _directory.Dispose();
    }
}
