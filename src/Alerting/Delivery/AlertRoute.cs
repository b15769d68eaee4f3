using System.Net;
using System.Threading.Channels;
using Camshaft.Engine.Alerts;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Camshaft.Alerting.Delivery;

/// <summary>
/// Tells one endpoint of alerts: a bounded queue, and a loop that sends one message at a time until it arrives, is refused or
/// was tried often enough. Whoever publishes never waits for it, whatever the endpoint does.
/// </summary>
internal sealed partial class AlertRoute : IAlertRoute, IDisposable
{
    // 1 + 2 + 4 + 8 + 16 + 30 s between them: a receiver that is restarted misses nothing.
    private const int MostRetries = 6;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly AlertEndpointOptions _options;
    private readonly IAlertFormat _format;
    private readonly ILogger _logger;
    private readonly Channel<IReadOnlyList<Alert>> _queue;
    private readonly HttpClient _client;
    private readonly ResiliencePipeline _attempts;
    private AlertRouteStatus _status;

    public AlertRoute(AlertEndpointOptions options, IAlertFormat format, TimeProvider timeProvider, ILogger logger)
    {
        _options = options;
        _format = format;
        _logger = logger;
        _status = new AlertRouteStatus(options.Name, format.Kind);
        _queue = Channel.CreateBounded<IReadOnlyList<Alert>>(
            new BoundedChannelOptions(format.QueueLimit) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true },
            _ => CountDropped());
        _client = CreateClient(options);
        _attempts = CreateAttempts(options.Timeout, timeProvider);
    }

    public AlertRouteStatus Status => Volatile.Read(ref _status);

    public void Publish(IReadOnlyList<Alert> changed, AlertBoard board)
    {
        if (_format.Choose(changed, board) is { Count: > 0 } alerts)
        {
            _queue.Writer.TryWrite(alerts);
        }
    }

    /// <summary>Takes no more messages; <see cref="RunAsync"/> ends when those that wait are sent.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Sends what is published. Called once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var alerts in _queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await SendAsync(alerts, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        var messageId = Guid.NewGuid();
        try
        {
            await _attempts.ExecuteAsync(async attempt => await TryAsync(alerts, messageId, attempt).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            Change(static status => status with { Sent = status.Sent + 1, LastError = null });
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Change(status => status with { Failed = status.Failed + 1, LastError = exception.Message });
            Log.GivenUp(_logger, alerts.Count, _format.Kind, _options.Name, exception.Message);
        }
    }

    private async Task TryAsync(IReadOnlyList<Alert> alerts, Guid messageId, CancellationToken cancellationToken)
    {
        // The status is all that is read: a body without end ends with the connection.
        using var request = _format.Write(alerts, messageId);
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
    }

    private static HttpClient CreateClient(AlertEndpointOptions options)
    {
        // Where a message goes is what was configured and nowhere else, and an answer may cost nothing.
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            MaxConnectionsPerServer = 1,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Authorization = options.Authorization;
        client.DefaultRequestHeaders.UserAgent.ParseAdd("camshaft");
        return client;
    }

    private ResiliencePipeline CreateAttempts(TimeSpan timeout, TimeProvider timeProvider) =>
        new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(static exception => MayPass(exception.StatusCode)).Handle<TimeoutRejectedException>(),
                MaxRetryAttempts = MostRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstDelay,
                MaxDelay = LongestDelay,
                OnRetry = retry =>
                {
                    Change(status => status with { LastError = retry.Outcome.Exception?.Message });
                    return default;
                },
            })
            .AddTimeout(timeout)
            .Build();

    // What the endpoint says to be our fault stays our fault.
    private static bool MayPass(HttpStatusCode? status) => status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private void CountDropped()
    {
        if (_format.IsCumulative)
        {
            return;
        }

        Change(static status => status with { Dropped = status.Dropped + 1 });
        Log.Dropped(_logger, _format.Kind, _options.Name, _format.QueueLimit);
    }

    // Two threads change it: who publishes, and the loop.
    private void Change(Func<AlertRouteStatus, AlertRouteStatus> change)
    {
        AlertRouteStatus before;
        do
        {
            before = Volatile.Read(ref _status);
        }
        while (Interlocked.CompareExchange(ref _status, change(before), before) != before);
    }

    private static partial class Log
    {
        [LoggerMessage(920, LogLevel.Warning, "A message of {Count} alerts could not be sent to {Kind} '{Name}': {Reason}")]
        public static partial void GivenUp(ILogger logger, int count, string kind, string name, string reason);

        [LoggerMessage(921, LogLevel.Warning, "The oldest message of alerts for {Kind} '{Name}' was dropped: {Limit} wait already.")]
        public static partial void Dropped(ILogger logger, string kind, string name, int limit);
    }
}
