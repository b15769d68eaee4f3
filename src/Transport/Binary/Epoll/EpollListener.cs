using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>Accepts the connections of one address and gives each to a loop. Kestrel accepts one after the other; ends when it stops to listen.</summary>
internal sealed partial class EpollListener(Socket socket, Func<IoLoop> nextLoop, bool hasNoDelay, TimeProvider timeProvider, ILogger logger) : IConnectionListener
{
    // Want of descriptors does not pass at once, and to ask without a pause would take a processor.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(10);

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return Start(await socket.AcceptAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (Exception exception) when (exception is SocketException or Win32Exception)
            {
                // The client was quicker, or the system has no more of something; the next one may be luckier.
                Log.NotAccepted(logger, exception);
            }

            await Task.Delay(RetryInterval, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    private EpollConnection Start(Socket accepted)
    {
        EpollConnection? connection = null;
        try
        {
            if (accepted.AddressFamily != AddressFamily.Unix)
            {
                accepted.NoDelay = hasNoDelay;
            }

            connection = new EpollConnection(nextLoop(), accepted);
            connection.Start();
            return connection;
        }
        catch
        {
            accepted.Dispose();
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(711, LogLevel.Debug, "A connection could not be accepted.")]
        public static partial void NotAccepted(ILogger logger, Exception exception);
    }
}
