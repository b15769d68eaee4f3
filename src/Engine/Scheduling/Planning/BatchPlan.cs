using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling.Planning;

/// <summary>
/// What follows from a model's profile, its objective and its batching limits: how large batches should be, until when a
/// request may wait, which lanes run it. Immutable.
/// </summary>
public sealed class BatchPlan
{
    // Batches that save less than this are not worth their wait.
    private const double WorthwhileGain = 0.05;

    private const double NearBorder = 1.25;

    // Null where there are none: one look less at each queue of each decision.
    private readonly int[]? _preferredRows;
    private readonly long _maxQueueDelayTicks;

    private BatchPlan(BatchProfile profile, BatchPlanOptions options)
    {
        Profile = profile;
        MaxRows = Math.Max(1, options.MaxRows);
        _preferredRows = options.PreferredRows.Any(rows => rows <= MaxRows) ? [.. options.PreferredRows.Where(rows => rows <= MaxRows)] : null;
        _maxQueueDelayTicks = options.MaxQueueDelayTicks;
        TargetRows = ChooseTarget(profile, options);
        RunTicks = profile.GetWallTicks(TargetRows);
        SlowRunTicks = profile.GetSlowWallTicks(TargetRows);
        CpuTicksPerRow = (double)profile.GetCpuTicks(TargetRows) / TargetRows;
        LaneClass = Classify(RunTicks, options);
        if (options.LatencyTicks > 0)
        {
            QueueDeadlineTicks = Math.Max(0, options.LatencyTicks - RunTicks);

            // For what comes after the run and is in no profile: waking the caller, writing the answer.
            GuardTicks = Math.Min(options.LatencyTicks / 50, options.TicksPerSecond / 1000);
        }
    }

    /// <summary>The profile.</summary>
    public BatchProfile Profile { get; }

    /// <summary>b*: the size that batches should have, in rows.</summary>
    public int TargetRows { get; }

    /// <summary>The largest batch, in rows.</summary>
    public int MaxRows { get; }

    /// <summary>How long a run of <see cref="TargetRows"/> takes on a free processor: median.</summary>
    public long RunTicks { get; }

    /// <summary>The same: 95th percentile.</summary>
    public long SlowRunTicks { get; }

    /// <summary>What a row costs in a batch of <see cref="TargetRows"/>, in device time.</summary>
    public double CpuTicksPerRow { get; }

    /// <summary>How long a request may wait and still be in time in a batch of <see cref="TargetRows"/>: objective less run; without objective, for ever.</summary>
    public long QueueDeadlineTicks { get; } = long.MaxValue;

    /// <summary>What is kept between the end of a run and the objective.</summary>
    public long GuardTicks { get; }

    /// <summary>The lanes that run it.</summary>
    public LaneClass LaneClass { get; }

    /// <summary>Derives a plan.</summary>
    public static BatchPlan Derive(BatchProfile profile, BatchPlanOptions options) => new(profile, options);

    /// <summary>How long a run takes on a free processor: 95th percentile.</summary>
    /// <param name="rows">Its rows, 1 or more.</param>
    public long GetSlowWallTicks(int rows) => rows == TargetRows ? SlowRunTicks : Profile.GetSlowWallTicks(rows);

    /// <summary>How many rows of those that wait the next batch should have: the target, where they suffice a preferred size.</summary>
    /// <param name="rows">The rows that wait, 1 or more.</param>
    public int ChooseRows(int rows)
    {
        if (_preferredRows is not null)
        {
            for (var i = _preferredRows.Length - 1; i >= 0; i--)
            {
                if (_preferredRows[i] <= rows)
                {
                    return _preferredRows[i];
                }
            }
        }

        return Math.Min(rows, TargetRows);
    }

    /// <summary>From when on a batch may run with the rows that wait: at once, unless it was told to wait for more.</summary>
    /// <param name="rows">The rows that wait, 1 or more.</param>
    /// <param name="headQueued">When the head was queued.</param>
    public long GetReadyTime(int rows, long headQueued) =>
        _maxQueueDelayTicks == 0 || rows >= (_preferredRows?[0] ?? TargetRows) ? headQueued : headQueued + _maxQueueDelayTicks;

    // Of the batches that can run twice within the objective, since a request may have to wait for one, and within the
    // bound: the smallest that costs next to the least for each row, or the largest where batches are asked for.
    private static int ChooseTarget(BatchProfile profile, BatchPlanOptions options)
    {
        if (options.PreferredRows.Count > 0)
        {
            return Math.Min(options.PreferredRows[^1], Math.Max(1, options.MaxRows));
        }

        var bound = options.LatencyTicks > 0 ? Math.Min(options.LatencyTicks / 2, options.RunBoundTicks) : options.RunBoundTicks;
        var limit = Math.Min(options.MaxRows, profile.MaxRows);
        var least = (double)profile.GetCpuTicks(1);
        var largest = 1;
        while (largest < limit && profile.GetWallTicks(largest + 1) <= bound)
        {
            largest++;
            least = Math.Min(least, (double)profile.GetCpuTicks(largest) / largest);
        }

        if (options.BatchesAlways)
        {
            return largest;
        }

        if (least > profile.GetCpuTicks(1) * (1 - WorthwhileGain))
        {
            return 1;
        }

        // Within a hundredth of the least: the last gains are bought with the longest waits.
        var target = 1;
        while ((double)profile.GetCpuTicks(target) / target > least * 1.01)
        {
            target++;
        }

        return target;
    }

    private static LaneClass Classify(long runTicks, BatchPlanOptions options)
    {
        var laneClass = Classify(runTicks, options.TicksPerSecond);

        // Runs about as long as the border between two classes stay where they are: there is nothing in going back and forth.
        var isNear = options.LaneClass is { } present
            && (Classify((long)(runTicks * NearBorder), options.TicksPerSecond) == present || Classify((long)(runTicks / NearBorder), options.TicksPerSecond) == present);
        return isNear ? options.LaneClass!.Value : laneClass;
    }

    private static LaneClass Classify(long runTicks, long ticksPerSecond) =>
        runTicks * 1000 <= ticksPerSecond ? LaneClass.Short
        : runTicks * 100 <= ticksPerSecond ? LaneClass.Medium
        : LaneClass.Long;
}
