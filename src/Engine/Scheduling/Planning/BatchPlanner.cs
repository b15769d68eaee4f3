using Camshaft.Engine.Batching;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Runs;

namespace Camshaft.Engine.Scheduling.Planning;

/// <summary>
/// The plan of one queue through its life: made from what warm-up measured, and made anew when runs turn out to take another
/// time, or when the models beside it bound its runs otherwise. Guarded by the scheduler's lock.
/// </summary>
internal sealed class BatchPlanner
{
    // What counts as the slow run of a profile that has one measurement only, until more are known.
    private const double SlowRun = 1.25;

    private const int LongestPauseSeconds = 32;

    // A thread that computes gets more of a processor than this, however busy the others are; one that gets less waits.
    private const int LeastPart = 20;

    private readonly ModelConfiguration _configuration;
    private readonly int _maxRows;
    private readonly long _ticksPerSecond;
    private ProfileRecorder _recorder;
    private bool _isMeasured;
    private long _planned;
    private long _pauseTicks;

    /// <summary>Makes the first plan.</summary>
    /// <param name="configuration">The model's configuration.</param>
    /// <param name="maxRows">The largest batch that is allowed and pays; 1 = requests run alone.</param>
    /// <param name="costs">What runs were measured to take, by rows ascending; empty when they were not.</param>
    /// <param name="ticksPerSecond">The frequency of the engine's clock.</param>
    public BatchPlanner(ModelConfiguration configuration, int maxRows, IReadOnlyList<RunCost> costs, long ticksPerSecond)
    {
        _configuration = configuration;
        _maxRows = maxRows;
        _ticksPerSecond = ticksPerSecond;
        _isMeasured = costs.Count > 0;
        _pauseTicks = ticksPerSecond;

        // Without measurements as good a guess as any: longer than what is short, shorter than what is long. The first run corrects it.
        Plan = Derive(new BatchProfile(_isMeasured ? Convert(costs) : Extend([Measure(1, ticksPerSecond / 200, ticksPerSecond / 200)])), laneClass: null);
        _recorder = CreateRecorder();
    }

    /// <summary>The plan as it is now.</summary>
    public BatchPlan Plan { get; private set; }

    /// <summary>How long one run may be for the sake of the models beside it; see <see cref="BatchPlanOptions.RunBoundTicks"/>.</summary>
    public long RunBoundTicks { get; private set; } = long.MaxValue;

    /// <summary>Takes over how long one run may be.</summary>
    /// <returns>Whether there is a new plan.</returns>
    public bool SetRunBound(long ticks)
    {
        if (ticks == RunBoundTicks)
        {
            return false;
        }

        RunBoundTicks = ticks;
        Plan = Derive(Plan.Profile, Plan.LaneClass);
        return true;
    }

    /// <summary>
    /// Takes the times of a run that ended well. A new plan takes memory, so there is one a second at first, when it corrects what warm-up
    /// found, and then ever more rarely.
    /// </summary>
    /// <returns>Whether there is a new plan.</returns>
    public bool Record(in RunResult run)
    {
        var cpuTicks = Math.Max(1, run.DeviceTicks);
        var wallTicks = Math.Max(1, GetLength(run.DeviceTicks, run.WallTicks));
        if (!_isMeasured)
        {
            _isMeasured = true;
            return Replace(new BatchProfile(Extend([Measure(1, Math.Max(1, cpuTicks / run.Rows), Math.Max(1, wallTicks / run.Rows))])), laneClass: null, run.EndTime);
        }

        _recorder.Record(run.Rows, cpuTicks, wallTicks);
        return _recorder.HasDrifted && run.EndTime - _planned > _pauseTicks && Replace(_recorder.ToProfile(), Plan.LaneClass, run.EndTime);
    }

    /// <summary>Starts anew from measurements; at least one.</summary>
    public void Restart(IReadOnlyList<RunCost> costs)
    {
        _isMeasured = true;
        _pauseTicks = _ticksPerSecond;
        Plan = Derive(new BatchProfile(Convert(costs)), laneClass: null);
        _recorder = CreateRecorder();
    }

    private static BatchMeasurement Measure(int rows, long cpuTicks, long wallTicks) => new(rows, cpuTicks, wallTicks, (long)(wallTicks * SlowRun));

    // How long a run takes that has a processor to itself: what its thread computed, unless it spent its time with waiting.
    private static long GetLength(long cpuTicks, long wallTicks) => cpuTicks * LeastPart < wallTicks ? wallTicks : cpuTicks;

    private bool Replace(BatchProfile profile, LaneClass? laneClass, long now)
    {
        _planned = now;
        _pauseTicks = Math.Min(_pauseTicks * 2, _ticksPerSecond * LongestPauseSeconds);
        Plan = Derive(profile, laneClass);
        _recorder = CreateRecorder();
        return true;
    }

    // The hundred thousandth part of a second is what passes between two looks at the clock on a busy machine.
    private ProfileRecorder CreateRecorder() => new(Plan.Profile, _ticksPerSecond / 100_000);

    private BatchPlan Derive(BatchProfile profile, LaneClass? laneClass) =>
        BatchPlan.Derive(profile, SchedulingTerms.CreatePlanOptions(_configuration, _maxRows, RunBoundTicks, _ticksPerSecond) with { LaneClass = laneClass });

    private BatchMeasurement[] Convert(IReadOnlyList<RunCost> costs) => Extend([.. costs
        .Where(cost => cost.Rows == 1 || cost.Rows <= _maxRows)
        .Select(cost => Measure(cost.Rows, ToTicks(cost.Cpu), GetLength(ToTicks(cost.Cpu), ToTicks(cost.Wall))))]);

    // Batches that are allowed, and larger than any that was measured, take more in proportion.
    private BatchMeasurement[] Extend(List<BatchMeasurement> measurements)
    {
        var last = measurements[^1];
        if (last.Rows >= _maxRows)
        {
            return [.. measurements];
        }

        var factor = (double)_maxRows / last.Rows;
        return [.. measurements, Measure(_maxRows, (long)(last.CpuTicks * factor), (long)(last.WallTicks * factor))];
    }

    private long ToTicks(TimeSpan time) => Math.Max(1, (long)(time.TotalSeconds * _ticksPerSecond));
}
