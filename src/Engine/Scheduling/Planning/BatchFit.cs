using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Scheduling.Planning;

/// <summary>What the head of a queue can still expect: in how large a batch it would be in time, or that it cannot be.</summary>
internal struct BatchFit
{
    /// <summary>How much more rows may cost in a smaller batch.</summary>
    public const double WorthwhileCost = 1.05;

    /// <summary>The rows of the batch.</summary>
    public int Rows;

    /// <summary>When it has to start to be in time; <see cref="long.MaxValue"/> = no matter.</summary>
    public long LatestStart;

    /// <summary>From when on it may start.</summary>
    public long ReadyTime;

    /// <summary>Whether the head misses its objective whatever is done, or costs others theirs.</summary>
    public bool IsLate;

    /// <summary>Why the head should be dropped; none = it should not.</summary>
    public DropReason DropReason;

    /// <summary>Looks at a queue that has a head.</summary>
    /// <param name="device">The device now.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="stretch">How much longer than on a free processor a run would take now.</param>
    /// <param name="fit">What was found.</param>
    public static void Find(in DeviceState device, in QueueState queue, double stretch, out BatchFit fit)
    {
        fit = default;
        var plan = queue.Plan;
        var now = device.Now;
        if (queue.HeadDeadline != long.MaxValue && now + plan.Profile.GetWallTicks(queue.HeadRows) > queue.HeadDeadline)
        {
            fit.DropReason = DropReason.Deadline;
            return;
        }

        fit.Rows = Math.Max(plan.ChooseRows(queue.Rows), queue.HeadRows);
        fit.ReadyTime = plan.GetReadyTime(queue.Rows, queue.HeadQueued);
        var deadline = Math.Min(queue.HeadDeadline, queue.HeadSoftDeadline - plan.GuardTicks);
        if (deadline == long.MaxValue)
        {
            fit.LatestStart = long.MaxValue;
            return;
        }

        fit.LatestStart = deadline - (long)(plan.GetSlowWallTicks(fit.Rows) * stretch);
        if (fit.ReadyTime > now)
        {
            // A batch that waits for more closes when one row more would make it late.
            fit.ReadyTime = Math.Min(fit.ReadyTime, deadline - (long)(plan.GetSlowWallTicks(fit.Rows + 1) * stretch));
        }

        if (now > fit.LatestStart)
        {
            Shrink(device, queue, (deadline - now) / stretch, ref fit);
        }
    }

    // The batch that was chosen would be late.
    private static void Shrink(in DeviceState device, in QueueState queue, double ticks, ref BatchFit fit)
    {
        var plan = queue.Plan;
        fit.ReadyTime = device.Now;
        var rows = plan.Profile.GetMaxRowsWithin(ticks);
        var isShed = queue.HeadSoftDeadline != long.MaxValue && !device.Models[queue.Model].ServesLate;
        if (rows < queue.HeadRows)
        {
            // Alone it harms nobody by being late; in a backlog it would make others late as well.
            fit.IsLate = true;
            fit.LatestStart = long.MaxValue;
            fit.DropReason = isShed && queue.Depth > 1 ? DropReason.Overload : DropReason.None;
            return;
        }

        // A smaller batch would be in time. Where its rows cost more and others wait, the next heads would be as short of time:
        // the queue would stay as long and the batches small. So the head is given up, and the batch is full again.
        fit.IsLate = isShed && queue.Rows > plan.TargetRows && plan.Profile.GetCpuTicks(rows) > rows * plan.CpuTicksPerRow * WorthwhileCost;
        fit.DropReason = fit.IsLate ? DropReason.Overload : DropReason.None;
        fit.LatestStart = device.Now;
        fit.Rows = rows;
    }
}
