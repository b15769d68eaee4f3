using System.Net.Sockets;
using System.Security.Authentication;
using Camshaft.Backends;
using Camshaft.Client.Connections;
using Camshaft.Client.Telemetry;
using Microsoft.Extensions.Logging;

namespace Camshaft.Client.Endpoints;

/// <summary>
/// The place of one connection: makes it, waits until it takes no more requests, makes the next one. A server that stops is left to answer what it
/// has, beside the connection that follows. Runs from the client's first use to its end.
/// </summary>
internal sealed partial class ConnectionSlot(Endpoint endpoint, CamshaftClientOptions options, EndpointSet set, ClientTelemetry telemetry)
{
    private readonly ILogger _logger = options.LoggerFactory.CreateLogger<CamshaftClient>();
    private readonly Backoff _backoff = new(Random.Shared);
    private volatile ConnectFailure? _failure;

    /// <summary>Why there is no connection; null while there is one, and before the first try has ended.</summary>
    public ConnectFailure? Failure => _failure;

    /// <summary>Keeps a connection until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // The caller goes on at once.
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await KeepOneAsync(stop).ConfigureAwait(false);

                // A server that takes connections and ends them is not run down.
                await Task.Delay(_backoff.Next(), options.TimeProvider, stop).ConfigureAwait(false);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                await WaitAsync(exception, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task KeepOneAsync(CancellationToken stop)
    {
        var connection = await ConnectAsync(stop).ConfigureAwait(false);
        _backoff.Reset();
        _failure = null;
        set.Add(connection);
        telemetry.CountConnection(endpoint.Name, 1);
        Log.Connected(_logger, endpoint.Name);
        _ = connection.Ended.ContinueWith((_, _) => telemetry.CountConnection(endpoint.Name, -1), null, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await connection.Leaving.WaitAsync(stop).ConfigureAwait(false);
            Log.Left(_logger, endpoint.Name, connection.EndReason ?? "no reason given");
        }
        finally
        {
            set.Remove(connection);
            if (stop.IsCancellationRequested)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<Connection> ConnectAsync(CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            return await Connection.OpenAsync(endpoint, options, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested)
        {
            throw new InferenceException(StatusCode.Unavailable, $"{endpoint.Name} did not answer within {options.ConnectTimeout.TotalMilliseconds:0} ms.", exception);
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException)
        {
            throw new InferenceException(StatusCode.Unavailable, $"{endpoint.Name} cannot be reached: {exception.Message}", exception);
        }
    }

    private Task WaitAsync(Exception exception, CancellationToken stop)
    {
        var wait = _backoff.Next();
        var status = exception is InferenceException failure ? failure.Status : new InferenceStatus(StatusCode.Internal, $"{endpoint.Name}: {exception.Message}");
        var frequency = options.TimeProvider.TimestampFrequency;
        _failure = new ConnectFailure(status, options.TimeProvider.GetTimestamp() + (long)(wait.TotalSeconds * frequency));
        set.OnFailed();
        Log.Failed(_logger, endpoint.Name, wait.TotalMilliseconds, exception);
        return Task.Delay(wait, options.TimeProvider, stop);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Connected to {Endpoint}.")]
        public static partial void Connected(ILogger logger, string endpoint);

        [LoggerMessage(2, LogLevel.Information, "The connection to {Endpoint} takes no more requests: {Reason}")]
        public static partial void Left(ILogger logger, string endpoint, string reason);

        [LoggerMessage(3, LogLevel.Warning, "{Endpoint} cannot be used; the next try is in {WaitMilliseconds:0} ms.")]
        public static partial void Failed(ILogger logger, string endpoint, double waitMilliseconds, Exception exception);
    }
}
