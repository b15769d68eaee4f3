using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Hosting.Limits;

/// <summary>
/// Bounds how many connections are open at once. One more gets an answer that says so, where it can read one, and is closed.
/// Lives as long as the server; any thread.
/// </summary>
public sealed partial class ConnectionLimit
{
    // A client that is told no is waited for so long, so that its own bytes in flight do not reset the answer away; when this
    // many are told at once, further ones are cut off without a word.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);
    private const int MostRefusalsAtOnce = 64;
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly int _limit;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<ConnectionLimit> _logger;
    private readonly byte[] _answer;
    private int _open;
    private int _refusing;
    private long _lastLogged;

    /// <summary>Makes the limit.</summary>
    /// <param name="limit">How many connections may be open, 1 or more.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Where refusals are told.</param>
    public ConnectionLimit(int limit, TimeProvider timeProvider, ILogger<ConnectionLimit> logger)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        _limit = limit;
        _timeProvider = timeProvider;
        _logger = logger;
        Message = $"The server has {limit} connections open, as many as it may.";
        var body = $$"""{"error":"{{Message}}"}""";
        _answer = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nRetry-After: 1\r\nConnection: close\r\n\r\n{body}");
    }

    /// <summary>What a refused client is told, in words.</summary>
    public string Message { get; }

    /// <summary>How many connections are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Puts the limit before what serves a connection.</summary>
    /// <param name="next">What serves it.</param>
    /// <param name="isCleartext">Whether a refused client can read an answer of HTTP/1.1.</param>
    public ConnectionDelegate Guard(ConnectionDelegate next, bool isCleartext) => Guard(next, isCleartext ? _answer : ReadOnlyMemory<byte>.Empty);

    /// <summary>Puts the limit before what serves a connection.</summary>
    /// <param name="next">What serves it.</param>
    /// <param name="refusal">What a refused client is told; empty = nothing that it could read.</param>
    public ConnectionDelegate Guard(ConnectionDelegate next, ReadOnlyMemory<byte> refusal) => connection => ServeAsync(connection, next, refusal);

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, ReadOnlyMemory<byte> refusal)
    {
        if (Interlocked.Increment(ref _open) <= _limit)
        {
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }

            return;
        }

        Interlocked.Decrement(ref _open);
        LogRefusal();
        if (refusal.IsEmpty)
        {
            return;
        }

        if (Interlocked.Increment(ref _refusing) <= MostRefusalsAtOnce)
        {
            await RefuseAsync(connection, refusal).ConfigureAwait(false);
        }

        Interlocked.Decrement(ref _refusing);
    }

    private async Task RefuseAsync(ConnectionContext connection, ReadOnlyMemory<byte> refusal)
    {
        using var linger = new CancellationTokenSource(Linger, _timeProvider);
        try
        {
            await connection.Transport.Output.WriteAsync(refusal, linger.Token).ConfigureAwait(false);
            await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
            ReadResult result;
            do
            {
                result = await connection.Transport.Input.ReadAsync(linger.Token).ConfigureAwait(false);
                connection.Transport.Input.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // It does not read, or it is gone already; it was to go anyway.
        }
    }

    private void LogRefusal()
    {
        var now = _timeProvider.GetTimestamp();
        var last = Volatile.Read(ref _lastLogged);
        if ((last == 0 || _timeProvider.GetElapsedTime(last, now) >= LogInterval) && Interlocked.CompareExchange(ref _lastLogged, now, last) == last)
        {
            Log.Refused(_logger, _limit);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(510, LogLevel.Warning, "Connections are refused: {Limit} are open, as many as may be (limits.connections).")]
        public static partial void Refused(ILogger logger, int limit);
    }
}
