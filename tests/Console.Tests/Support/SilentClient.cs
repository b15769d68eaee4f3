using System.Net.Sockets;
using System.Text;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>A client that asks for a feed and reads nothing of it.</summary>
internal sealed class SilentClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };

    public async Task AskAsync(Uri address, string topic)
    {
        await _socket.ConnectAsync(address.Host, address.Port);
        await _socket.SendAsync(Encoding.ASCII.GetBytes($"GET /console/api/feed/{topic} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"));
    }

    public void Dispose() => _socket.Dispose();
}
