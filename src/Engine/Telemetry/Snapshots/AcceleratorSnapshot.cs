using Camshaft.Backends;
using Camshaft.Engine.Telemetry.Metrics;

namespace Camshaft.Engine.Telemetry.Snapshots;

/// <summary>An accelerator at one moment.</summary>
/// <param name="Device">The accelerator.</param>
public sealed record AcceleratorSnapshot(IAccelerator Device)
{
    /// <summary>Its name, such as <c>cuda:0</c>.</summary>
    public string Name { get; } = DeviceName.Of(Device);

    /// <summary>Why it cannot be used any more; null while it can.</summary>
    public string? Fault { get; init; }

    /// <summary>The bytes of its memory that models and their batches take, what backends take beside the engine included.</summary>
    public long ModelByteSize { get; init; }

    /// <summary>The bytes that they may take.</summary>
    public long BudgetByteSize { get; init; }

    /// <summary>What it said of itself last.</summary>
    public AcceleratorReading Sensors { get; } = Device.ReadSensors();
}
