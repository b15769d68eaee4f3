using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Telemetry.Metrics;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Orchestration;

/// <summary>
/// Takes versions out of service when their accelerator fails; those on other devices go on. On the completion thread, since an accelerator says so on
/// any thread of its own.
/// </summary>
internal sealed partial class DeviceFailures(ModelRegistry models, CompletionThread completions, ILogger logger) : IDisposable
{
    private readonly List<(IAccelerator Accelerator, Action OnFailed)> _watched = [];

    public void Watch(IAccelerator accelerator)
    {
        Action onFailed = () => completions.Post(() => GiveUp(accelerator));
        _watched.Add((accelerator, onFailed));
        accelerator.Failed += onFailed;
    }

    /// <summary>Listens to no accelerator any more. Before the completion thread ends.</summary>
    public void Dispose() => _watched.ForEach(static watched => watched.Accelerator.Failed -= watched.OnFailed);

    private void GiveUp(IAccelerator accelerator)
    {
        Log.DeviceFailed(logger, DeviceName.Of(accelerator), accelerator.Fault!);
        foreach (var version in models.List().SelectMany(static entry => entry.Versions).Where(version => version.Device == accelerator))
        {
            version.TakeOutOfService(accelerator.Fault!);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(106, LogLevel.Critical, "Device {Device} is lost: {Reason}")]
        public static partial void DeviceFailed(ILogger logger, string device, string reason);
    }
}
