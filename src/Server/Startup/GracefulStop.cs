using Camshaft.Server.Configuration;
using Camshaft.Transport.Hosting.Limits;

namespace Camshaft.Server.Startup;

/// <summary>
/// What a stop does before the web server stops, so that no request is lost: the server goes on for the grace time while it
/// says that it is not ready; then it takes no new connections and ends each open one with its next answer; connections that
/// stay silent are left to the web server, which closes them.
/// </summary>
internal sealed partial class GracefulStop(
    ListenSockets sockets,
    ConnectionLimit connections,
    ServerOptions options,
    TimeProvider timeProvider,
    ILogger<GracefulStop> logger) : IHostedLifecycleService
{
    // The way to a client and back: in that time a handshake that has begun is over.
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromMilliseconds(250);

    // A client with something to say has said it by then; one that has not is idle.
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private long _lastRequest;
    private volatile bool _isClosing;

    /// <summary>Serves one request, and lets it be its connection's last when a stop has begun.</summary>
    public Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        // On HTTP/2 the web server itself tells the client which request is the last.
        if (_isClosing && !HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            Volatile.Write(ref _lastRequest, timeProvider.GetTimestamp());
            context.Response.Headers.Connection = "close";
        }

        return next(context);
    }

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(options.GraceSeconds), timeProvider, cancellationToken).ConfigureAwait(false);
            _isClosing = true;
            Volatile.Write(ref _lastRequest, timeProvider.GetTimestamp());
            await CloseDoorsAsync(cancellationToken).ConfigureAwait(false);
            await WaitForSilenceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Log.Hurried(logger);
        }
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task CloseDoorsAsync(CancellationToken cancellationToken)
    {
        if (!sockets.TryRefuseHandshakes())
        {
            return;
        }

        await Task.Delay(HandshakeTime, timeProvider, cancellationToken).ConfigureAwait(false);
        while (sockets.CountWaiting() > 0)
        {
            await Task.Delay(LookInterval, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitForSilenceAsync(CancellationToken cancellationToken)
    {
        while (connections.Open > 0 && timeProvider.GetElapsedTime(Volatile.Read(ref _lastRequest)) < QuietTime)
        {
            await Task.Delay(LookInterval, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(11, LogLevel.Warning, "The time for a graceful stop is over; connections that are still open are closed.")]
        public static partial void Hurried(ILogger logger);
    }
}
