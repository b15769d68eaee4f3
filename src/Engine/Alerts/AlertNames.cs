namespace Camshaft.Engine.Alerts;

/// <summary>The names of all alerts: the same in the log, in webhooks, in Alertmanager and in the rules for Prometheus.</summary>
public static class AlertNames
{
    /// <summary>The error budget of an objective is gone long before its window ends.</summary>
    public const string SloFastBurn = "CamshaftSloFastBurn";

    /// <summary>The error budget of an objective is gone before its window ends.</summary>
    public const string SloSlowBurn = "CamshaftSloSlowBurn";

    /// <summary>A model's latency is over its threshold.</summary>
    public const string LatencyHigh = "CamshaftLatencyHigh";

    /// <summary>Too many requests to a model fail.</summary>
    public const string ErrorRateHigh = "CamshaftErrorRateHigh";

    /// <summary>A version of a model has failed.</summary>
    public const string ModelFailed = "CamshaftModelFailed";

    /// <summary>A plugin cannot be used.</summary>
    public const string PluginFailed = "CamshaftPluginFailed";

    /// <summary>A model's queue is as good as full.</summary>
    public const string QueueFull = "CamshaftQueueFull";

    /// <summary>The memory of requests' tensors has reached its budget.</summary>
    public const string TensorMemoryFull = "CamshaftTensorMemoryFull";

    /// <summary>Models have reached their memory budget.</summary>
    public const string ModelMemoryFull = "CamshaftModelMemoryFull";

    /// <summary>Models have reached what they may take of a device's memory.</summary>
    public const string DeviceMemoryFull = "CamshaftDeviceMemoryFull";

    /// <summary>A device has failed, wholly or in part.</summary>
    public const string DeviceFailed = "CamshaftDeviceFailed";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [SloFastBurn, SloSlowBurn, LatencyHigh, ErrorRateHigh, ModelFailed, PluginFailed, QueueFull, TensorMemoryFull, ModelMemoryFull, DeviceMemoryFull, DeviceFailed];
}
