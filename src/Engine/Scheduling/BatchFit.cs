namespace Camshaft.Engine.Scheduling;

/// <summary>What the head of a queue can still expect: in how large a batch it would be in time, or that it cannot be.</summary>
internal readonly struct BatchFit
{
    // Rows may cost this much more in a smaller batch.
    private const double WorthwhileCost = 1.05;

    private BatchFit(int rows, long latestStart, long readyTime, bool isLate, DropReason dropReason)
    {
        Rows = rows;
        LatestStart = latestStart;
        ReadyTime = readyTime;
        IsLate = isLate;
        DropReason = dropReason;
    }

    /// <summary>The rows of the batch.</summary>
    public int Rows { get; }

    /// <summary>When it has to start to be in time; <see cref="long.MaxValue"/> = no matter.</summary>
    public long LatestStart { get; }

    /// <summary>From when on it may start.</summary>
    public long ReadyTime { get; }

    /// <summary>Whether it misses its objective whatever is done.</summary>
    public bool IsLate { get; }

    /// <summary>Why the head should be dropped; none = it should not.</summary>
    public DropReason DropReason { get; }

    /// <summary>Looks at a queue that has a head.</summary>
    /// <param name="device">The device now.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="stretch">How much longer than on a free processor a run would take now.</param>
    public static BatchFit Find(in DeviceState device, in QueueState queue, double stretch)
    {
        var plan = queue.Plan;
        var profile = plan.Profile;
        var rows = Math.Max(plan.ChooseRows(queue.Rows), queue.HeadRows);
        var now = device.Now;
        if (queue.HeadDeadline != long.MaxValue && now + profile.GetWallTicks(queue.HeadRows) > queue.HeadDeadline)
        {
            return new BatchFit(0, 0, 0, false, DropReason.Deadline);
        }

        var readyTime = plan.GetReadyTime(queue.Rows, queue.HeadQueued);
        if (queue.HeadSoftDeadline == long.MaxValue)
        {
            return new BatchFit(rows, queue.HeadDeadline == long.MaxValue ? long.MaxValue : queue.HeadDeadline - profile.GetSlowWallTicks(rows), readyTime, false, DropReason.None);
        }

        var isShed = !device.Models[queue.Model].ServesLate;
        var isBacklogged = queue.Rows > plan.TargetRows;
        var deadline = Math.Min(queue.HeadDeadline, queue.HeadSoftDeadline - plan.GuardTicks);
        var latestStart = deadline - (long)(profile.GetSlowWallTicks(rows) * stretch);
        if (now <= latestStart)
        {
            // A batch that waits for more closes when one row more would make it late.
            var close = deadline - (long)(profile.GetSlowWallTicks(rows + 1) * stretch);
            return new BatchFit(rows, latestStart, Math.Min(readyTime, close), false, DropReason.None);
        }

        var within = profile.GetMaxRowsWithin((deadline - now) / stretch);
        if (within < queue.HeadRows)
        {
            // Alone it harms nobody by being late; in a backlog it would make others late as well.
            return queue.Depth > 1 && isShed
                ? new BatchFit(0, 0, 0, true, DropReason.Overload)
                : new BatchFit(rows, long.MaxValue, now, true, DropReason.None);
        }

        // A smaller batch would be in time. Where its rows cost more and others wait, the next heads would be as short of time:
        // the queue would stay as long and the batches small. So the head is given up, and the batch is full again.
        return isBacklogged && isShed && profile.GetCpuTicks(within) > within * plan.CpuTicksPerRow * WorthwhileCost
            ? new BatchFit(0, 0, 0, true, DropReason.Overload)
            : new BatchFit(within, now, now, false, DropReason.None);
    }
}
