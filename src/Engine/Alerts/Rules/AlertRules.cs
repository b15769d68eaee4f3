using Camshaft.Engine.Alerts.Options;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>The rules that there are.</summary>
internal static class AlertRules
{
    /// <summary>Those that options ask for.</summary>
    public static IReadOnlyList<IAlertRule> Create(AlertOptions options)
    {
        (bool IsEnabled, IAlertRule Rule)[] all =
        [
            (options.Burn.IsEnabled, new BurnAlert(options.Burn)),
            (options.Latency.IsEnabled, new LatencyAlert(options.Latency)),
            (options.ErrorRate.IsEnabled, new ErrorRateAlert(options.ErrorRate)),
            (options.ModelFailed.IsEnabled, new ModelFailedAlert(options.ModelFailed)),
            (options.PluginFailed.IsEnabled, new PluginFailedAlert(options.PluginFailed)),
            (options.QueueFull.IsEnabled, new QueueFullAlert(options.QueueFull)),
            (options.TensorMemory.IsEnabled, new TensorMemoryAlert(options.TensorMemory)),
            (options.ModelMemory.IsEnabled, new ModelMemoryAlert(options.ModelMemory)),
            (options.DeviceMemory.IsEnabled, new DeviceMemoryAlert(options.DeviceMemory)),
            (options.DeviceFailed.IsEnabled, new DeviceFailedAlert(options.DeviceFailed)),
        ];
        return [.. all.Where(static entry => entry.IsEnabled).Select(static entry => entry.Rule)];
    }

    /// <summary>The labels of an alert about the server.</summary>
    public static Dictionary<string, string> NoLabels() => new(StringComparer.Ordinal);

    /// <summary>The labels of an alert about one thing.</summary>
    public static Dictionary<string, string> Label(string name, string value) => new(StringComparer.Ordinal) { [name] = value };
}
