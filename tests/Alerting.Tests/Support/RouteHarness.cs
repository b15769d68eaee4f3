using Camshaft.Alerting.Delivery;
using Camshaft.Engine.Alerts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Alerting.Tests.Support;

/// <summary>A route whose clock a test moves, running until it is disposed.</summary>
internal sealed class RouteHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Endless = TimeSpan.FromHours(23);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="options">The webhook.</param>
    /// <param name="timeout">How long an attempt may take; null = as good as for ever, since the clock goes faster than a busy machine answers.</param>
    public RouteHarness(WebhookOptions options, TimeSpan? timeout = null)
    {
        options = options with { Timeout = timeout ?? Endless };
        Route = new AlertRoute(options, new WebhookFormat(options, new Uri("https://camshaft.example/"), Clock), Clock, NullLogger.Instance);
        _running = Route.RunAsync(_stop.Token);
    }

    /// <param name="options">The Alertmanager.</param>
    public RouteHarness(AlertmanagerOptions options)
    {
        options = options with { Timeout = Endless };
        Route = new AlertRoute(options, new AlertmanagerFormat(options, new Uri("https://camshaft.example/"), Clock), Clock, NullLogger.Instance);
        _running = Route.RunAsync(_stop.Token);
    }

    public FakeTimeProvider Clock { get; } = new(TestAlerts.Start);

    public AlertRoute Route { get; }

    public void Publish(params Alert[] changed) => Route.Publish(changed, TestAlerts.Board(changed));

    /// <summary>Waits for a state of the route, moving the clock meanwhile, so that pauses between attempts pass.</summary>
    public Task WaitAsync(Func<AlertRouteStatus, bool> condition) => WaitAsync(condition, TimeSpan.FromSeconds(1));

    /// <summary>Waits for a state of the route.</summary>
    /// <param name="condition">The state.</param>
    /// <param name="step">How far the clock moves meanwhile, again and again.</param>
    public async Task WaitAsync(Func<AlertRouteStatus, bool> condition, TimeSpan step)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!condition(Route.Status))
        {
            Assert.False(timeout.IsCancellationRequested, Route.Status.ToString());
            Clock.Advance(step);
            await Task.Delay(1, timeout.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default);
        Route.Dispose();
        _stop.Dispose();
    }
}
