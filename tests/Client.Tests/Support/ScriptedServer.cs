using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Camshaft.Client.Tests.Support;

/// <summary>A port that speaks the binary protocol as a test has it: each connection is handed to the test when it is accepted.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<ScriptedConnection> _connections = Channel.CreateUnbounded<ScriptedConnection>();

    public ScriptedServer(int requestLimit = 100, long window = long.MaxValue)
    {
        _listener.Start();
        Address = $"camshaft://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _ = AcceptAsync(requestLimit, window);
    }

    public string Address { get; }

    /// <summary>The next connection, hellos exchanged.</summary>
    public async Task<ScriptedConnection> AcceptAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _connections.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Takes no more connections.</summary>
    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(int requestLimit, long window)
    {
        try
        {
            while (true)
            {
                var connection = new ScriptedConnection(await _listener.AcceptSocketAsync());
                await connection.GreetAsync(requestLimit, window);
                _connections.Writer.TryWrite(connection);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException)
        {
            _connections.Writer.TryComplete();
        }
    }
}
