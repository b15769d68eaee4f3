using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Camshaft.Transport.Http.Tests.WrongInput;

/// <summary>A connection on which a test writes whatever bytes it likes and reads one answer after the other.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _patience = new(Patience);
    private StreamReader? _reader;

    public static async Task<RawConnection> OpenAsync(int port, int? receiveBufferByteSize = null)
    {
        var connection = new RawConnection();
        if (receiveBufferByteSize is { } byteSize)
        {
            connection._socket.ReceiveBufferSize = byteSize;
        }

        await connection._socket.ConnectAsync(IPAddress.Loopback, port);

        // Latin-1 has a letter for each byte, so that head and body come from the same reader.
        connection._reader = new StreamReader(new NetworkStream(connection._socket), Encoding.Latin1);
        return connection;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, _patience.Token)..];
        }
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task<RawAnswer> ReadAnswerAsync()
    {
        var statusLine = await ReadLineAsync();
        Assert.StartsWith("HTTP/1.1 ", statusLine, StringComparison.Ordinal);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (string line; (line = await ReadLineAsync()).Length > 0;)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        var status = int.Parse(statusLine.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        if (status == (int)HttpStatusCode.Continue)
        {
            return await ReadAnswerAsync();
        }

        var body = headers.TryGetValue("Content-Length", out var length)
            ? await ReadBytesAsync(int.Parse(length, CultureInfo.InvariantCulture))
            : await ReadChunksAsync();
        return new RawAnswer((HttpStatusCode)status, headers, Encoding.Latin1.GetBytes(body));
    }

    /// <summary>Waits until the server has closed the connection, however it did.</summary>
    public async Task AssertClosedAsync()
    {
        try
        {
            Assert.Equal("", await _reader!.ReadToEndAsync(_patience.Token));
        }
        catch (IOException exception)
        {
            Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(exception.InnerException).SocketErrorCode);
        }
    }

    /// <summary>Ends the connection by a reset: what is on its way is lost.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    /// <summary>Says that nothing more comes from this side.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads whatever still comes, until the server closes.</summary>
    public async Task ReadToEndAsync()
    {
        try
        {
            await _reader!.ReadToEndAsync(_patience.Token);
        }
        catch (IOException exception)
        {
            Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(exception.InnerException).SocketErrorCode);
        }
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _socket.Dispose();
        _patience.Dispose();
    }

    public async Task<string> ReadLineAsync()
    {
        var line = await _reader!.ReadLineAsync(_patience.Token);
        Assert.NotNull(line);
        return line;
    }

    private async Task<string> ReadBytesAsync(int count)
    {
        if (count == 0)
        {
            return "";
        }

        var bytes = new char[count];
        Assert.Equal(count, await _reader!.ReadBlockAsync(bytes, _patience.Token));
        return new string(bytes);
    }

    private async Task<string> ReadChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            var byteSize = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Append(await ReadBytesAsync(byteSize));
            Assert.Equal("", await ReadLineAsync());
            if (byteSize == 0)
            {
                return body.ToString();
            }
        }
    }
}
