using System.Globalization;
using System.Text;

namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>A request with a binary tensor over HTTP/1.1, by a client that takes nothing from the managed heap: what is taken is the server's, Kestrel's part included.</summary>
internal sealed class HttpServerOperation : IBudgetedOperation
{
    private const string LengthHeader = "Content-Length: ";
    private const string EndOfHead = "\r\n\r\n";

    private readonly ServerUnderTest _server = new();
    private BlockingSocket _socket = null!;
    private byte[] _request = null!;
    private byte[] _answer = null!;

    public async Task StartAsync()
    {
        await _server.StartAsync().ConfigureAwait(false);
        _socket = new BlockingSocket(ServerUnderTest.Connect(_server.HttpPort));
        _request = CreateRequest();
        _socket.Send(_request);
        _answer = new byte[ReceiveFirst()];
    }

    // Every answer is as long as the first.
    public Task RunAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _socket.Send(_request);
            _socket.Receive(_answer);
            if (!_answer.AsSpan().StartsWith("HTTP/1.1 200 OK\r\n"u8))
            {
                throw new InvalidOperationException(Encoding.UTF8.GetString(_answer));
            }
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return _server.DisposeAsync();
    }

    private static byte[] CreateRequest()
    {
        var json = string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"inputs":[{"name":"INPUT0","datatype":"UINT8","shape":[{{{ServerUnderTest.ByteSize}}}],"parameters":{"binary_data_size":{{{ServerUnderTest.ByteSize}}}}}],"parameters":{"binary_data_output":true}}""");
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /v2/models/{ServerUnderTest.Model}/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nInference-Header-Content-Length: {json.Length}\r\n{LengthHeader}{json.Length + ServerUnderTest.ByteSize}{EndOfHead}");
        return [.. Encoding.ASCII.GetBytes(head), .. Encoding.ASCII.GetBytes(json), .. new byte[ServerUnderTest.ByteSize]];
    }

    /// <summary>Receives an answer of which nothing is known yet.</summary>
    /// <returns>How many bytes it has.</returns>
    private int ReceiveFirst()
    {
        var head = new StringBuilder();
        Span<byte> next = stackalloc byte[1];
        while (!head.ToString().EndsWith(EndOfHead, StringComparison.Ordinal))
        {
            _socket.Receive(next);
            head.Append((char)next[0]);
        }

        var text = head.ToString();
        var length = text.IndexOf(LengthHeader, StringComparison.Ordinal) + LengthHeader.Length;
        var body = new byte[int.Parse(text.AsSpan(length, text.IndexOf('\r', length) - length), CultureInfo.InvariantCulture)];
        _socket.Receive(body);
        return text.Length + body.Length;
    }
}
