using Camshaft.Backends;
using Camshaft.Engine.Alerts;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling;

namespace Camshaft.Engine.Telemetry.Snapshots;

/// <summary>
/// Where readers of the engine's figures look: metrics, console, objectives. A reading costs its reader alone; the requests
/// that go on meanwhile pay nothing. Any thread; lives as long as the engine.
/// </summary>
/// <remarks>
/// Counters only grow. A reader keeps what it read last and subtracts: <see cref="ModelCounts.Since"/> for counts,
/// <see cref="LatencyDistribution.Subtract"/> for latencies, so that each computes rates and percentiles over a window of its own.
/// </remarks>
public sealed class EngineTelemetry
{
    private readonly InferenceEngine _engine;
    private readonly IReadOnlyCollection<DeviceScheduler> _schedulers;
    private readonly TimeProvider _timeProvider;
    private readonly long _startedAt;

    internal EngineTelemetry(InferenceEngine engine, IReadOnlyCollection<DeviceScheduler> schedulers, TagTable tags, TimeProvider timeProvider)
    {
        _engine = engine;
        _schedulers = schedulers;
        Tags = tags;
        _timeProvider = timeProvider;
        _startedAt = timeProvider.GetTimestamp();
    }

    /// <summary>Where alerts and objectives stand, to be among the figures; null = nobody watches them.</summary>
    public IAlertBoard? AlertBoard { get; set; }

    /// <summary>The tags by which requests are counted; transports hand each request those that it carries.</summary>
    public TagTable Tags { get; }

    /// <summary>Looks at everything now. About a microsecond for each model.</summary>
    public EngineSnapshot Read()
    {
        var entries = _engine.Models.List();
        List<ModelSnapshot> models = [.. entries.SelectMany(static entry => entry.Versions).Select(Describe)];
        return new EngineSnapshot
        {
            Time = _timeProvider.GetUtcNow(),
            Uptime = _timeProvider.GetElapsedTime(_startedAt),
            IsReady = _engine.IsReady,
            Entries = entries,
            Models = models,
            Lanes = [.. _schedulers.SelectMany(static scheduler => scheduler.ReadLanes())],
            Accelerators = [.. _engine.Devices.OfType<IAccelerator>().Select(device => Describe(device, models))],
            AbandonedRuns = _engine.AbandonedRuns,
            Plugins = _engine.Plugins.Plugins,
            Alerts = AlertBoard?.Current ?? Camshaft.Engine.Alerts.AlertBoard.Empty,
            Memory = ReadMemory(),
            Runtime = RuntimeSnapshot.Read(),
        };
    }

    /// <summary>
    /// Reads the runs that have ended on lanes since the last reading, of each device oldest first. Runs are remembered from
    /// the first reading on, the last 8,192 of each device.
    /// </summary>
    /// <param name="position">The reader's place among them; null the first time.</param>
    /// <param name="into">Where they are added.</param>
    /// <returns>The reader's place for the next time.</returns>
    public RunPosition ReadRuns(RunPosition? position, ICollection<CompletedRun> into)
    {
        var before = position?.ByDevice ?? [];
        return new RunPosition([.. _schedulers.Select((scheduler, i) => scheduler.Runs.ReadLog(before.ElementAtOrDefault(i), into))]);
    }

    private static ModelSnapshot Describe(ModelVersion model)
    {
        var use = model.ReadUse();
        var isInMemory = model.State is ModelState.Warming or ModelState.Ready or ModelState.Draining;
        var deviceMemory = isInMemory ? model.ReadDeviceMemory() : null;
        return new ModelSnapshot(model)
        {
            State = model.State,
            Reason = model.Reason,
            Footprint = isInMemory ? model.Footprint with { DeviceByteSize = deviceMemory?.UsedByteSize ?? model.Footprint.DeviceByteSize } : default,
            DeviceMemory = deviceMemory,
            QueueDepth = use.Depth,
            QueueLimit = use.Limit,
            RunningCount = use.Running,
            PendingCount = model.LeaseCount,
            Counts = model.Recorder.ReadCounts(),
        };
    }

    private static AcceleratorSnapshot Describe(IAccelerator device, List<ModelSnapshot> models) => new(device)
    {
        Fault = device.Fault,
        ModelByteSize = device.UsedByteSize + models.Where(model => model.Model.Device == device).Sum(static model => model.DeviceMemory?.OwnByteSize ?? 0),
        BudgetByteSize = device.BudgetByteSize,
    };

    private MemorySnapshot ReadMemory() => new()
    {
        TensorBudgetByteSize = _engine.Memory.BudgetByteSize,
        TensorUsedByteSize = _engine.Memory.UsedByteSize,
        TensorAllocatedByteSize = _engine.Memory.AllocatedByteSize,
        TensorLeaseCount = _engine.Memory.LeasedCount,
        TensorCopiedByteSize = _engine.Memory.CopiedByteSize,
        ModelBudgetByteSize = _engine.ModelMemoryBudgetByteSize,
        ModelUsedByteSize = _engine.ModelMemoryByteSize,
        ModelPeakByteSize = _engine.ModelMemoryPeakByteSize,
    };
}
