using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>The metrics of GPUs. What only NVIDIA's management library knows is missing without it.</summary>
internal static class AcceleratorMetrics
{
    private const string Device = "device";

    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new("camshaft.gpu.info", MetricKind.Gauge, "{gpu}", "1 for each GPU, with the card's name, and what tells it from every other where that is known", Device, "name", "uuid")
        {
            Read = static snapshot => snapshot.Accelerators.Select(static gpu => new MetricSample(1, gpu.Name, gpu.Device.Name, gpu.Sensors.UniqueId ?? "")),
        },
        Gauge("camshaft.gpu.failed", "{gpu}", "1 when the GPU has failed and works again only after a restart, else 0", static gpu => gpu.Fault is null ? 0 : 1),
        Gauge("camshaft.gpu.sensors_silent", "{gpu}", "1 while the GPU's sensors do not answer, and what they say is absent, else 0", static gpu => gpu.Sensors.SilentSince is null ? 0 : 1),
        Gauge("camshaft.gpu.utilization_ratio", "1", "In which part of the last sample period a kernel ran", static gpu => gpu.Sensors.Utilization),
        Gauge("camshaft.gpu.memory.total", "By", "The GPU's memory", static gpu => gpu.Device.MemoryByteSize),
        Gauge("camshaft.gpu.memory.used", "By", "What of it is used, by whomever", static gpu => gpu.Sensors.UsedMemoryByteSize),
        Gauge("camshaft.gpu.memory.models", "By", "What of it models and their batches take", static gpu => gpu.ModelByteSize),
        Gauge("camshaft.gpu.memory.limit", "By", "What of it they may take", static gpu => gpu.BudgetByteSize),
        Gauge("camshaft.gpu.power", "W", "What the GPU draws", static gpu => gpu.Sensors.PowerWatts),
        Gauge("camshaft.gpu.power_limit", "W", "What it may draw", static gpu => gpu.Sensors.PowerLimitWatts),
        Of("camshaft.gpu.energy", MetricKind.Counter, "J", "What it has drawn since the server found it", static gpu => gpu.Sensors.EnergyJoules),
        Gauge("camshaft.gpu.temperature", "Cel", "The chip's temperature", static gpu => gpu.Sensors.TemperatureCelsius),
    ];

    private static MetricDefinition Gauge(string name, string unit, string description, Func<AcceleratorSnapshot, double?> read) => Of(name, MetricKind.Gauge, unit, description, read);

    private static MetricDefinition Of(string name, MetricKind kind, string unit, string description, Func<AcceleratorSnapshot, double?> read) => new(name, kind, unit, description, Device)
    {
        Read = snapshot => snapshot.Accelerators
            .Select(gpu => (Gpu: gpu, Value: read(gpu)))
            .Where(static sample => sample.Value is not null)
            .Select(static sample => new MetricSample(sample.Value!.Value, sample.Gpu.Name)),
    };
}
