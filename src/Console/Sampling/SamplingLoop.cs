using Camshaft.Engine;
using Camshaft.LiveConsole.Feed;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Camshaft.LiveConsole.Sampling;

/// <summary>Samples the engine once a second while somebody looks, else once a column, and gives what it found to the feed. One task, as long as the application.</summary>
internal sealed partial class SamplingLoop(InferenceEngine engine, FeedHub hub, IHostApplicationLifetime lifetime, TimeProvider timeProvider, ILogger<SamplingLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Before the web server stops, which would wait for the streams.
        using var closing = lifetime.ApplicationStopping.Register(hub.Close);
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                Tick();
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Tick()
    {
        try
        {
            if (engine.IsLive)
            {
                hub.Tick();
            }
        }
        catch (Exception exception)
        {
            // The next second may go better; the server serves all the same.
            Log.Failed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(900, LogLevel.Error, "The console could not look at the engine.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
