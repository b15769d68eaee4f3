using Camshaft.Backends;
using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Objectives;
using Camshaft.Engine.Plugins;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Alerts.Readings;

/// <summary>
/// Reads the engine, and adds the versions of each model up. Versions come, go and come again with counters of their own:
/// what each has counted since the last reading is added to its model's totals, so that these only grow. One thread at a time.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="options">Which latency counts where a model has no objective.</param>
public sealed class EngineReadingSource(InferenceEngine engine, AlertOptions options) : IReadingSource
{
    private const int MostExamples = 5;

    private readonly Dictionary<string, ServiceTotals> _totals = new(StringComparer.Ordinal);
    private readonly LatencyDistribution _latencies = new();
    private Dictionary<ModelRecorder, ServiceTotals> _counted = [];
    private TimeSpan _lastUptime;
    private TimeSpan? _collectionTimeBefore;

    /// <inheritdoc/>
    public ServerReading Read()
    {
        var snapshot = engine.Telemetry.Read();
        var elapsed = snapshot.Uptime - _lastUptime;
        _lastUptime = snapshot.Uptime;
        _collectionTimeBefore ??= snapshot.Runtime.CollectionPauseTime;
        Count(snapshot);
        var versions = snapshot.Models.ToLookup(static version => version.Model.ModelName, StringComparer.Ordinal);
        return new ServerReading(snapshot.Time, snapshot.Uptime)
        {
            Models = [.. snapshot.Entries.Select(entry => Describe(entry, [.. versions[entry.Name]], elapsed, snapshot.Runtime.CollectionPauseTime - _collectionTimeBefore.Value))],
            FailedPlugins = [.. snapshot.Plugins.Where(static plugin => plugin.State == PluginState.Failed).Select(static plugin => new Fault(plugin.Name, plugin.Reason ?? ""))],
            FailedDevices = [.. engine.Devices.Select(device => FindFault(device, snapshot)).OfType<Fault>()],
            Devices = [.. snapshot.Accelerators.Where(static device => device.Fault is null).Select(static device => new DeviceReading(device.Name, device.ModelByteSize, device.BudgetByteSize))],
            TensorByteSize = snapshot.Memory.TensorUsedByteSize,
            TensorBudgetByteSize = snapshot.Memory.TensorBudgetByteSize,
            ModelByteSize = snapshot.Memory.ModelUsedByteSize,
            ModelBudgetByteSize = snapshot.Memory.ModelBudgetByteSize,
        };
    }

    private void Count(EngineSnapshot snapshot)
    {
        var counted = new Dictionary<ModelRecorder, ServiceTotals>(_counted.Count);
        foreach (var version in snapshot.Models)
        {
            var recorder = version.Model.Recorder;
            var before = _counted.GetValueOrDefault(recorder);
            var now = Read(version, before);
            counted[recorder] = now;
            _totals[version.Model.ModelName] = _totals.GetValueOrDefault(version.Model.ModelName) + (now - before);
        }

        _counted = counted;
    }

    private ModelReading Describe(ModelEntry entry, IReadOnlyList<ModelSnapshot> versions, TimeSpan elapsed, TimeSpan collectionTime)
    {
        var isServed = versions.Any(static version => version.State is ModelState.Ready or ModelState.Standby);
        var isLoading = !versions.Any(static version => version.State == ModelState.Ready) && versions.Any(static version => version.State is ModelState.Loading or ModelState.Warming);
        var totals = _totals.GetValueOrDefault(entry.Name);
        totals = totals with { LoadTime = totals.LoadTime + (isLoading ? elapsed : TimeSpan.Zero), CollectionTime = collectionTime };
        _totals[entry.Name] = totals;
        var fullest = versions.MaxBy(static version => version.QueueLimit > 0 ? (double)version.QueueDepth / version.QueueLimit : -1);
        return new ModelReading(entry.Name)
        {
            Objective = FindObjective(versions),
            Totals = totals,
            IsServed = isServed,
            Failures = FindFailures(entry, versions),
            QueueDepth = fullest?.QueueDepth ?? 0,
            QueueLimit = fullest?.QueueLimit ?? 0,
            FindExamples = kind => FindExamples(versions, kind),
        };
    }

    // That of the version which answers requests that name none.
    private static LatencyObjective? FindObjective(IReadOnlyList<ModelSnapshot> versions) =>
        (versions.LastOrDefault(static version => version.State == ModelState.Ready) ?? (versions.Count > 0 ? versions[^1] : null))?.Model.Configuration.Scheduling.Objective;

    // A client's own faults say nothing of the server, and requests that a client gave up nobody waited for.
    private ServiceTotals Read(ModelSnapshot version, in ServiceTotals before)
    {
        var counts = version.Counts;
        var late = counts.GetCount(StatusCode.DeadlineExceeded);
        var turnedAway = counts.GetCount(StatusCode.ResourceExhausted) + counts.GetCount(StatusCode.Unavailable);
        var failed = counts.GetCount(StatusCode.Internal);
        var totals = before with
        {
            Requests = counts.Successes + late + turnedAway + failed + counts.Untaken,
            Answered = counts.Successes,
            WithinObjective = counts.WithinObjective,
            Late = late,
            TurnedAway = turnedAway,
            Untaken = counts.Untaken,
            Failed = failed,
        };
        return totals.Answered == before.Answered ? totals : ReadTimes(version.Model, totals);
    }

    private ServiceTotals ReadTimes(ModelVersion version, in ServiceTotals totals)
    {
        var recorder = version.Recorder;
        return totals with
        {
            WithinThreshold = version.Configuration.Scheduling.Objective is null && options.Latency.Threshold is { } threshold ? CountWithin(recorder, threshold) : totals.WithinThreshold,
            QueueTime = recorder.GetTime(RequestStage.Queue) + recorder.GetTime(RequestStage.BatchWait),
            RunTime = recorder.GetTime(RequestStage.Run),
            CopyTime = recorder.GetTime(RequestStage.CopyIn) + recorder.GetTime(RequestStage.CopyOut),
            SendTime = recorder.GetTime(RequestStage.Send),
        };
    }

    private long CountWithin(ModelRecorder recorder, TimeSpan threshold)
    {
        recorder.Read(RequestStage.Total, _latencies);
        return _latencies.CountWithin(threshold);
    }

    private static Fault[] FindFailures(ModelEntry entry, IReadOnlyList<ModelSnapshot> versions)
    {
        var failures = versions
            .Where(static version => version.State == ModelState.Failed)
            .Select(static version => new Fault(FormattableString.Invariant($"{version.Model.Number}"), version.Reason ?? ""));
        return entry.Reason is { } reason ? [new Fault("", reason), .. failures] : [.. failures];
    }

    private static Fault? FindFault(IDevice device, EngineSnapshot snapshot)
    {
        var name = DeviceName.Of(device);
        if (device.Fault is { } fault)
        {
            return new Fault(name, fault);
        }

        var abandoned = snapshot.AbandonedRuns.Where(run => run.Model.Device == device).ToList();
        return abandoned.Count == 0 ? null : new Fault(name, $"Runs that do not end hold lanes of it. {string.Join("; ", abandoned)}.");
    }

    private static IReadOnlyList<SlowRequest> FindExamples(IReadOnlyList<ModelSnapshot> versions, ObjectiveKind kind) => [.. versions
        .SelectMany(version => kind == ObjectiveKind.Latency ? version.Model.Recorder.ReadSlowRequests() : version.Model.Recorder.ReadErrors())
        .Where(static request => request.Trace.Exists)
        .Take(MostExamples)
        .Select(static request => new SlowRequest(
            request.Trace.TraceIdText,
            request.GetTime(RequestStage.Total),
            Enum.GetValues<RequestStage>().Where(static stage => stage != RequestStage.Total).MaxBy(stage => request.GetTime(stage)).ToString()))];
}
