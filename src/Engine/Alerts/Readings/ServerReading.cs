namespace Camshaft.Engine.Alerts.Readings;

/// <summary>The server at one moment, as far as objectives and alerts ask.</summary>
/// <param name="Time">When it was taken.</param>
/// <param name="Uptime">When that was by a clock that never jumps.</param>
public sealed record ServerReading(DateTimeOffset Time, TimeSpan Uptime)
{
    /// <summary>The models, each once.</summary>
    public IReadOnlyList<ModelReading> Models { get; init; } = [];

    /// <summary>The plugins that cannot be used.</summary>
    public IReadOnlyList<Fault> FailedPlugins { get; init; } = [];

    /// <summary>The devices that cannot be used any more, or not wholly.</summary>
    public IReadOnlyList<Fault> FailedDevices { get; init; } = [];

    /// <summary>The devices that have memory of their own, and work.</summary>
    public IReadOnlyList<DeviceReading> Devices { get; init; } = [];

    /// <summary>The bytes that requests' tensors take.</summary>
    public long TensorByteSize { get; init; }

    /// <summary>The bytes that they may take.</summary>
    public long TensorBudgetByteSize { get; init; } = long.MaxValue;

    /// <summary>The bytes that models take.</summary>
    public long ModelByteSize { get; init; }

    /// <summary>The bytes that they may take; <see cref="long.MaxValue"/> = no bound.</summary>
    public long ModelBudgetByteSize { get; init; } = long.MaxValue;
}
