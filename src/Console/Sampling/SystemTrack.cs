using Camshaft.Engine.Plugins;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Engine.Telemetry.Snapshots;
using Camshaft.LiveConsole.Views;

namespace Camshaft.LiveConsole.Sampling;

/// <summary>Follows the process: what it had counted a moment ago, and its last minutes. Guarded by the observatory's lock.</summary>
internal sealed class SystemTrack
{
    private readonly Window<Reading> _window = new();
    private readonly History<SystemView> _history = new();
    private long _columnNumber;

    /// <summary>The process as last sampled.</summary>
    public SystemView View { get; private set; } = new();

    /// <summary>Looks at the process.</summary>
    /// <param name="snapshot">The engine now.</param>
    /// <param name="gpus">Its GPUs.</param>
    public void Sample(EngineSnapshot snapshot, IReadOnlyList<GpuView> gpus)
    {
        var requests = snapshot.Models.Sum(static model => model.Counts.Requests);
        var errors = snapshot.Models.Sum(static model => model.Counts.Errors);
        var now = new Reading(requests, errors, snapshot.Runtime, snapshot.Lanes.ToDictionary(GetKey, static lane => lane.BusyTime));
        var (since, elapsed) = _window.Add(snapshot.Uptime, now);
        View = Describe(snapshot, now, since, elapsed) with { Gpus = gpus };
        _columnNumber = History<SystemView>.NumberAt(snapshot.Uptime);
        _history.Set(_columnNumber, View);
    }

    /// <summary>The columns before the present one, oldest first.</summary>
    public SystemHistory GetHistory(int count)
    {
        List<SystemView?> columns = [.. _history.Before(_columnNumber, count)];
        return new SystemHistory(
            Select(static view => view.Rate),
            Select(static view => view.ErrorRate),
            Select(static view => view.Processors),
            Select(static view => view.Memory.Resident),
            Select(static view => view.PauseTime))
        {
            Utilization = View.Gpus.ToDictionary(static gpu => gpu.Device, gpu => SelectUtilization(gpu.Device)),
        };

        float[] Select(Func<SystemView, double> figure) => [.. columns.Select(view => view is null ? 0 : Figures.RoundSingle(figure(view)))];

        float?[] SelectUtilization(string device) =>
            [.. columns.Select(view => view?.Gpus.FirstOrDefault(gpu => gpu.Device == device)?.Utilization is { } utilization ? Figures.RoundSingle(utilization) : (float?)null)];
    }

    private static SystemView Describe(EngineSnapshot snapshot, Reading now, Reading since, TimeSpan elapsed)
    {
        var (runtime, before) = (now.Runtime, since.Runtime);
        return new SystemView
        {
            Time = Figures.ToUnixSeconds(snapshot.Time),
            Uptime = Math.Round(snapshot.Uptime.TotalSeconds, 1),
            IsReady = snapshot.IsReady,
            Rate = Figures.Round(Figures.PerSecond(now.Requests - since.Requests, elapsed)),
            ErrorRate = Figures.Round(Figures.PerSecond(now.Errors - since.Errors, elapsed)),
            Processors = Figures.Round(Figures.PerSecond((runtime.ProcessorTime - before.ProcessorTime).TotalSeconds, elapsed)),
            ProcessorCount = Environment.ProcessorCount,
            Memory = DescribeMemory(snapshot),
            PauseTime = Figures.Round(Figures.PerSecond((runtime.CollectionPauseTime - before.CollectionPauseTime).TotalMilliseconds, elapsed)),
            Collections = runtime.CollectionCounts,
            AllocationRate = Figures.Round(Figures.PerSecond(runtime.AllocatedByteSize - before.AllocatedByteSize, elapsed)),
            PoolThreads = runtime.PoolThreadCount,
            PoolQueue = runtime.PoolQueueLength,
            Lanes = [.. snapshot.Lanes.Select(lane => Describe(lane, since, elapsed))],
            Notices = [.. DescribeFaults(snapshot)],
        };
    }

    private static MemoryView DescribeMemory(EngineSnapshot snapshot) => new()
    {
        Resident = snapshot.Runtime.ResidentByteSize,
        Models = snapshot.Memory.ModelUsedByteSize,
        ModelBudget = snapshot.Memory.ModelBudgetByteSize == long.MaxValue ? null : snapshot.Memory.ModelBudgetByteSize,
        Tensors = snapshot.Memory.TensorUsedByteSize,
        TensorPool = snapshot.Memory.TensorAllocatedByteSize,
        TensorBudget = snapshot.Memory.TensorBudgetByteSize,
        Heap = snapshot.Runtime.HeapByteSize,
    };

    private static LaneView Describe(LaneSnapshot lane, Reading since, TimeSpan elapsed)
    {
        var busy = elapsed > TimeSpan.Zero ? (lane.BusyTime - since.Busy.GetValueOrDefault(GetKey(lane), lane.BusyTime)) / elapsed : 0;
        return new LaneView(
            DeviceName.Of(lane.DeviceKind, lane.DeviceOrdinal),
            lane.Name,
            Math.Round(Math.Clamp(busy, 0, 1), 3),
            lane.Model is { } model ? $"{model.ModelName}/{model.Number}" : null);
    }

    private static IEnumerable<string> DescribeFaults(EngineSnapshot snapshot) =>
    [
        .. snapshot.Plugins.Where(static plugin => plugin.State == PluginState.Failed).Select(static plugin => $"Plugin {plugin.Name} failed: {plugin.Reason}"),
        .. snapshot.AbandonedRuns.Select(static run => run.ToString()),
    ];

    private static (string Device, string Name) GetKey(LaneSnapshot lane) => (DeviceName.Of(lane.DeviceKind, lane.DeviceOrdinal), lane.Name);

    private sealed record Reading(long Requests, long Errors, RuntimeSnapshot Runtime, IReadOnlyDictionary<(string Device, string Name), TimeSpan> Busy);
}
