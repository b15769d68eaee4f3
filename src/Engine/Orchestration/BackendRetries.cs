using Camshaft.Engine.Plugins;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Orchestration;

/// <summary>
/// Has models tried again that failed for want of a backend, whenever plugins have come: one try after the other. From <see cref="Start"/> to
/// <see cref="StopAsync"/>.
/// </summary>
internal sealed partial class BackendRetries(PluginHost plugins, ModelController controller, ILogger logger)
{
    private Task _last = Task.CompletedTask;

    public void Start() => plugins.Changed += Begin;

    /// <summary>Begins no more, and waits for the last.</summary>
    public Task StopAsync()
    {
        plugins.Changed -= Begin;
        return _last;
    }

    private void Begin() => _last = _last.ContinueWith(_ => RetryAsync(), TaskScheduler.Default).Unwrap();

    private async Task RetryAsync()
    {
        try
        {
            await controller.RetryAfterNewBackendAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.RetryFailed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(102, LogLevel.Error, "Models could not be tried again after a new plugin.")]
        public static partial void RetryFailed(ILogger logger, Exception exception);
    }
}
