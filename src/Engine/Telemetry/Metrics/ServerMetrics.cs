using System.Globalization;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>The metrics of the engine as a whole, and of the process.</summary>
internal static class ServerMetrics
{
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        Gauge("camshaft.ready", "{state}", "1 when the server takes requests, else 0", static snapshot => snapshot.IsReady ? 1 : 0),
        Gauge("camshaft.uptime", "s", "Since when the engine exists", static snapshot => snapshot.Uptime.TotalSeconds),
        new("camshaft.lane.busy_time", MetricKind.Counter, "s", "How long batches have had a lane; its rate is the lane's utilisation", "device", "lane")
        {
            Read = static snapshot => snapshot.Lanes.Select(static lane => Of(lane, lane.BusyTime.TotalSeconds)),
        },
        new("camshaft.lane.runs", MetricKind.Counter, "{batch}", "Batches that a lane has run", "device", "lane")
        {
            Read = static snapshot => snapshot.Lanes.Select(static lane => Of(lane, lane.RunCount)),
        },
        Gauge("camshaft.runs.abandoned", "{batch}", "Runs that were given up and go on", static snapshot => snapshot.AbandonedRuns.Count),
        new("camshaft.memory.used", MetricKind.Gauge, "By", "What is in use, by pool: tensors of requests, or models", "pool")
        {
            Read = static snapshot => [new(snapshot.Memory.TensorUsedByteSize, "tensors"), new(snapshot.Memory.ModelUsedByteSize, "models")],
        },
        new("camshaft.memory.limit", MetricKind.Gauge, "By", "What may be in use; absent for a pool without a bound", "pool")
        {
            Read = static snapshot => snapshot.Memory.ModelBudgetByteSize == long.MaxValue
                ? [new(snapshot.Memory.TensorBudgetByteSize, "tensors")]
                : [new(snapshot.Memory.TensorBudgetByteSize, "tensors"), new(snapshot.Memory.ModelBudgetByteSize, "models")],
        },
        Gauge("camshaft.tensor.allocated", "By", "What the pool of tensors has taken from the system: in use, and kept for reuse", static snapshot => snapshot.Memory.TensorAllocatedByteSize),
        Count("camshaft.tensor.copied", "By", "Bytes copied to, from and between tensors", static snapshot => snapshot.Memory.TensorCopiedByteSize),
        new("camshaft.plugin.state", MetricKind.Gauge, "{state}", "1 for the state that the plugin is in: loaded, failed or unavailable", "plugin", "state")
        {
            Read = static snapshot => snapshot.Plugins.Select(static plugin => new MetricSample(1, plugin.Name, plugin.State.ToString().ToLowerInvariant())),
        },
        Count("camshaft.gc.pause_time", "s", "How long garbage collections have held all threads", static snapshot => snapshot.Runtime.CollectionPauseTime.TotalSeconds),
        new("camshaft.gc.collections", MetricKind.Counter, "{collection}", "Garbage collections, by the highest generation collected", "generation")
        {
            Read = static snapshot => snapshot.Runtime.CollectionCounts.Select(static (count, generation) => new MetricSample(count, generation.ToString(CultureInfo.InvariantCulture))),
        },
        Gauge("camshaft.gc.heap", "By", "The managed heap after the last collection", static snapshot => snapshot.Runtime.HeapByteSize),
        Count("camshaft.gc.allocated", "By", "Bytes allocated on the managed heap", static snapshot => snapshot.Runtime.AllocatedByteSize),
        Gauge("camshaft.thread_pool.threads", "{thread}", "Threads of the thread pool", static snapshot => snapshot.Runtime.PoolThreadCount),
        Gauge("camshaft.thread_pool.queue_length", "{item}", "Work items that wait for one of them", static snapshot => snapshot.Runtime.PoolQueueLength),
        Count("camshaft.thread_pool.completed", "{item}", "Work items that they have done", static snapshot => snapshot.Runtime.PoolCompletedCount),
        Count("camshaft.process.cpu_time", "s", "Processor time of the process", static snapshot => snapshot.Runtime.ProcessorTime.TotalSeconds),
        Gauge("camshaft.process.memory", "By", "Physical memory of the process", static snapshot => snapshot.Runtime.ResidentByteSize),
    ];

    private static MetricDefinition Count(string name, string unit, string description, Func<EngineSnapshot, double> read) =>
        new(name, MetricKind.Counter, unit, description) { Read = snapshot => [new MetricSample(read(snapshot))] };

    private static MetricDefinition Gauge(string name, string unit, string description, Func<EngineSnapshot, double> read) =>
        new(name, MetricKind.Gauge, unit, description) { Read = snapshot => [new MetricSample(read(snapshot))] };

    private static MetricSample Of(LaneSnapshot lane, double value) => new(value, DeviceName.Of(lane.DeviceKind, lane.DeviceOrdinal), lane.Name);
}
