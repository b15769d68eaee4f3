using Camshaft.Backends;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Runs;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Telemetry;

/// <summary>The last runs of a device's lanes, a bounded number. Made when somebody first asks; guarded by the scheduler's lock.</summary>
internal sealed class RunLog(IDevice device, TimeProvider timeProvider)
{
    /// <summary>How many runs are kept.</summary>
    public const int MostRuns = 8192;

    private readonly string _device = DeviceName.Of(device);
    private readonly Entry[] _entries = new Entry[MostRuns];
    private long _count;

    public void Add(EngineLane lane, in RunResult result) => _entries[_count++ % MostRuns] = new Entry(
        result.First.Model.Recorder, lane.Name, result.Rows, result.First.Timings.Taken, result.First.Timings.RunStarted, result.EndTime, result.Status.IsOk);

    /// <summary>Adds the runs since a position to a list.</summary>
    /// <returns>The position behind the last.</returns>
    public long Read(long position, ICollection<CompletedRun> into)
    {
        var (utcNow, now) = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());
        for (var i = Math.Max(position, _count - MostRuns); i < _count; i++)
        {
            ref readonly var entry = ref _entries[i % MostRuns];
            into.Add(new CompletedRun(
                entry.Model.ModelName, entry.Model.Version, _device, entry.Lane, entry.Rows, ToTime(entry.Taken), ToTime(entry.Started), ToTime(entry.Ended), entry.Succeeded));
        }

        return _count;

        DateTimeOffset ToTime(long timestamp) => utcNow - timeProvider.GetElapsedTime(timestamp, now);
    }

    private readonly record struct Entry(ModelRecorder Model, string Lane, int Rows, long Taken, long Started, long Ended, bool Succeeded);
}
