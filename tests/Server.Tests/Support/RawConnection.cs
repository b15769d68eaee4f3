using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Camshaft.Server.Tests.Support;

/// <summary>One connection of HTTP/1.1 byte by byte: nothing is retried and nothing is hidden, as a client library would.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _end;

    private RawConnection()
    {
    }

    /// <exception cref="SocketException">Nobody listens, or the connection fails.</exception>
    public static async Task<RawConnection> OpenAsync(string host, int port, CancellationToken cancellationToken = default)
    {
        var connection = new RawConnection();
        try
        {
            await connection._socket.ConnectAsync(host, port, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await _socket.SendAsync(bytes, cancellationToken)..];
        }
    }

    /// <summary>Reads one answer that has a Content-Length.</summary>
    /// <exception cref="EndOfStreamException">The connection ends first.</exception>
    public async Task<RawAnswer> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        var head = await ReadHeadAsync(cancellationToken);
        var body = new byte[head.ContentLength];
        for (var filled = 0; filled < body.Length;)
        {
            if (_start == _end)
            {
                await FillAsync(cancellationToken);
            }

            var count = Math.Min(_end - _start, body.Length - filled);
            _buffer.AsSpan(_start, count).CopyTo(body.AsSpan(filled));
            _start += count;
            filled += count;
        }

        return head with { Body = body };
    }

    /// <summary>Ends the connection at once, with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<RawAnswer> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (_start == _end)
            {
                await FillAsync(cancellationToken);
            }

            text.Append((char)_buffer[_start++]);
        }

        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(static line => line.Split(':', 2)).ToDictionary(static pair => pair[0], static pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        return new RawAnswer(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, []);
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await _socket.ReceiveAsync(_buffer, cancellationToken);
        if (_end == 0)
        {
            throw new EndOfStreamException("The server ended the connection before its answer did.");
        }
    }
}
