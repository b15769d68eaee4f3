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

    /// <summary>Reads one answer.</summary>
    /// <exception cref="EndOfStreamException">The connection ends first.</exception>
    public async Task<RawAnswer> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        var status = int.Parse((await ReadLineAsync(cancellationToken)).Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (string line; (line = await ReadLineAsync(cancellationToken)).Length > 0;)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        if (headers.TryGetValue("Content-Length", out var length))
        {
            return new RawAnswer(status, headers, await ReadAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellationToken));
        }

        return new RawAnswer(status, headers, headers.ContainsKey("Transfer-Encoding") ? await ReadChunksAsync(cancellationToken) : []);
    }

    /// <summary>Ends the connection at once, with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> ReadChunksAsync(CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(cancellationToken), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Write(await ReadAsync(size, cancellationToken));
            await ReadLineAsync(cancellationToken);
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<byte[]> ReadAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        for (var filled = 0; filled < count;)
        {
            if (_start == _end)
            {
                await FillAsync(cancellationToken);
            }

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
            if (_start == _end)
            {
                await FillAsync(cancellationToken);
            }

            var letter = (char)_buffer[_start++];
            if (letter == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(letter);
        }
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
