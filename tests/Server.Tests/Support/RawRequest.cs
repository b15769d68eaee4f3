using System.Net.Sockets;
using System.Text;

namespace Camshaft.Server.Tests.Support;

/// <summary>An inference request that stops in the middle of its body until the test lets it go on.</summary>
internal sealed class RawRequest : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly byte[] _body;
    private int _sent;

    private RawRequest(string body) => _body = Encoding.UTF8.GetBytes(body);

    /// <summary>Sends the head and half of the body.</summary>
    public static async Task<RawRequest> BeginAsync(Uri address, string path, string body)
    {
        var request = new RawRequest(body);
        await request._client.ConnectAsync(address.Host, address.Port);
        var head = $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {request._body.Length}\r\n\r\n";
        await request._client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        request._sent = request._body.Length / 2;
        await request._client.GetStream().WriteAsync(request._body.AsMemory(0, request._sent));
        return request;
    }

    /// <summary>Sends the rest and reads all that comes until the server closes the connection.</summary>
    public async Task<string> FinishAsync()
    {
        await _client.GetStream().WriteAsync(_body.AsMemory(_sent));
        using var reader = new StreamReader(_client.GetStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    public void Dispose() => _client.Dispose();
}
