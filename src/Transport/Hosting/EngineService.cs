using Camshaft.Engine;
using Microsoft.Extensions.Hosting;

namespace Camshaft.Transport.Hosting;

/// <summary>
/// Starts the engine beside the web server, so that health can be asked for while models load, and stops it after the web
/// server has let its last request go. From the first sign of a stop the engine says that it is not ready.
/// </summary>
internal sealed class EngineService(InferenceEngine engine, IHostApplicationLifetime lifetime) : BackgroundService
{
    private CancellationTokenRegistration _stopping;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _stopping = lifetime.ApplicationStopping.Register(engine.AnnounceStop);
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await engine.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Loading plugins takes the thread; the host goes on starting meanwhile.
        await Task.Yield();
        await engine.StartAsync(stoppingToken).ConfigureAwait(false);
    }
}
