using Camshaft.Engine;
using Microsoft.Extensions.Hosting.Systemd;

namespace Camshaft.Server.Startup;

/// <summary>
/// Tells systemd how far the server is (<c>Type=notify</c>): <c>READY=1</c> once it listens and the initial loads have ended,
/// <c>STOPPING=1</c> with the first sign of a stop.
/// </summary>
internal sealed class SystemdService(ISystemdNotifier systemd, InferenceEngine engine, IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private readonly List<CancellationTokenRegistration> _registrations = [];
    private Task _ready = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(lifetime.ApplicationStarted.Register(() => _ready = NotifyReadyAsync()));
        _registrations.Add(lifetime.ApplicationStopping.Register(() => systemd.Notify(ServiceState.Stopping)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _ready;

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());

    private async Task NotifyReadyAsync()
    {
        // An engine that could not start is not ready, and whoever started it says why.
        await engine.Started.WaitAsync(lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (engine.IsReady)
        {
            systemd.Notify(ServiceState.Ready);
        }
    }
}
