using Camshaft.Engine.Alerts;
using Microsoft.Extensions.Hosting;

namespace Camshaft.Transport.Hosting;

/// <summary>Lets the alert monitor look every few seconds, from the application's start until its stop begins.</summary>
internal sealed class AlertService(AlertMonitor monitor) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await monitor.RunAsync(stoppingToken).ConfigureAwait(false);
    }
}
