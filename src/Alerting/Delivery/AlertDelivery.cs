using Microsoft.Extensions.Hosting;

namespace Camshaft.Alerting.Delivery;

/// <summary>Runs the routes with the application. At a stop they get a moment for what waits; an endpoint that hangs does not hold it up.</summary>
internal sealed class AlertDelivery(IEnumerable<AlertRoute> routes, TimeProvider timeProvider) : BackgroundService
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(2);

    private readonly List<AlertRoute> _routes = [.. routes];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hurry = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
        using var stopping = stoppingToken.Register(() =>
        {
            _routes.ForEach(static route => route.Complete());
            hurry.CancelAfter(StopTime);
        });
        try
        {
            await Task.WhenAll(_routes.Select(route => route.RunAsync(hurry.Token))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (hurry.IsCancellationRequested)
        {
            // What could not be sent in time.
        }
    }
}
