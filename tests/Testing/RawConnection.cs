using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Camshaft.Testing;

/// <summary>
/// One connection of HTTP/1.1, on which a test writes whatever bytes it likes and reads one answer after the other: nothing is retried and nothing
/// is hidden, as a client library would. What takes longer than a minute is cancelled.
/// </summary>
public sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _end;

    private RawConnection()
    {
    }

    /// <summary>Connects to this machine.</summary>
    /// <param name="port">The port.</param>
    /// <param name="receiveBufferByteSize">How much the system may keep of what is not read; null = as much as it likes.</param>
    /// <exception cref="SocketException">Nobody listens, or the connection fails.</exception>
    public static Task<RawConnection> OpenAsync(int port, int? receiveBufferByteSize = null) => OpenAsync(IPAddress.Loopback.ToString(), port, receiveBufferByteSize);

    /// <summary>Connects.</summary>
    /// <param name="host">The name or address.</param>
    /// <param name="port">The port.</param>
    /// <param name="receiveBufferByteSize">How much the system may keep of what is not read; null = as much as it likes.</param>
    /// <exception cref="SocketException">Nobody listens, or the connection fails.</exception>
    public static async Task<RawConnection> OpenAsync(string host, int port, int? receiveBufferByteSize = null)
    {
        var connection = new RawConnection();
        try
        {
            if (receiveBufferByteSize is { } byteSize)
            {
                connection._socket.ReceiveBufferSize = byteSize;
            }

            await connection._socket.ConnectAsync(host, port);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends bytes, all of them.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, patience.Token)..];
        }
    }

    /// <summary>Sends a text, a byte for each letter.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Reads one answer; that which only says to continue is not one.</summary>
    /// <exception cref="EndOfStreamException">The connection ends first.</exception>
    /// <exception cref="SocketException">It fails first.</exception>
    public async Task<RawAnswer> ReadAnswerAsync(CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            var answer = await ReadOneAsync(patience.Token);
            if (answer.Status != HttpStatusCode.Continue)
            {
                return answer;
            }
        }
    }

    /// <summary>Reads a line, without its end.</summary>
    /// <exception cref="EndOfStreamException">The connection ends first.</exception>
    public async Task<string> ReadLineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await ReadLineAsync(patience.Token);
    }

    /// <summary>Says that nothing more comes from this side.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads whatever still comes, until the server closes, however it does.</summary>
    /// <returns>How many bytes that were.</returns>
    public async Task<long> ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        long count = _end - _start;
        _start = _end;
        try
        {
            while (await _socket.ReceiveAsync(_buffer, patience.Token) is > 0 and var read)
            {
                count += read;
            }
        }
        catch (SocketException exception)
        {
            Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        }

        return count;
    }

    /// <summary>Waits until the server has closed the connection, however it did, and sent nothing more before.</summary>
    public async Task AssertClosedAsync() => Assert.Equal(0, await ReadToEndAsync());

    /// <summary>Ends the connection by a reset: what is on its way is lost.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task<RawAnswer> ReadOneAsync(CancellationToken cancellationToken)
    {
        const string Protocol = "HTTP/1.1 ";
        var statusLine = await ReadLineAsync(cancellationToken);
        Assert.StartsWith(Protocol, statusLine, StringComparison.Ordinal);
        var status = (HttpStatusCode)int.Parse(statusLine.AsSpan(Protocol.Length, 3), CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (string line; (line = await ReadLineAsync(cancellationToken)).Length > 0;)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        if (headers.TryGetValue("Content-Length", out var length))
        {
            return new RawAnswer(status, headers, await ReadBytesAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellationToken));
        }

        return new RawAnswer(status, headers, headers.ContainsKey("Transfer-Encoding") ? await ReadChunksAsync(cancellationToken) : []);
    }

    private async Task<byte[]> ReadChunksAsync(CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var byteSize = int.Parse(await ReadLineAsync(cancellationToken), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Write(await ReadBytesAsync(byteSize, cancellationToken));
            Assert.Equal("", await ReadLineAsync(cancellationToken));
            if (byteSize == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<byte[]> ReadBytesAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        for (var filled = 0; filled < count;)
        {
            await FillIfEmptyAsync(cancellationToken);
            var part = Math.Min(_end - _start, count - filled);
            _buffer.AsSpan(_start, part).CopyTo(bytes.AsSpan(filled));
            _start += part;
            filled += part;
        }

        return bytes;
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            await FillIfEmptyAsync(cancellationToken);
            var letter = (char)_buffer[_start++];
            if (letter == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(letter);
        }
    }

    private async ValueTask FillIfEmptyAsync(CancellationToken cancellationToken)
    {
        if (_start < _end)
        {
            return;
        }

        (_start, _end) = (0, await _socket.ReceiveAsync(_buffer, cancellationToken));
        if (_end == 0)
        {
            throw new EndOfStreamException("The server ended the connection before its answer did.");
        }
    }
}
