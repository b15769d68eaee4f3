using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>
/// Earliest deadline first by what each model's objective and profile imply, with weights, minimum shares and early dropping
/// for the times when there is more to do than can be done. Models without an objective take what is left.
/// </summary>
/// <remarks>
/// For a free lane every queue of its class is looked at:
/// 1. A head that cannot be in time any more is dropped, or, where its model serves late requests, goes to the back.
/// 2. A head that would force a smaller batch than the others behind it are worth is dropped as well.
/// 3. While models miss their objectives for want of time, a small batch that would save by growing waits as long as it can.
/// 4. Of the others the first by rank, then by latest start, runs: models below their minimum share or starved, those with an
///    objective, the rest; among these the urgent, then who has not used up its round, then by the
///    model's priority and the request's, then full batches.
/// </remarks>
public sealed class DeadlinePolicy : ISchedulingPolicy
{
    private readonly ShareLedger _shares;
    private readonly ShortLoad _shortLoad;
    private readonly Slowness _slowness = new();

    // By class of lane: the longest run that a free lane may have to be waited for.
    private readonly long[] _longestRun = new long[4];

    /// <summary>Makes the policy of one device.</summary>
    /// <param name="ticksPerSecond">The frequency of the engine's clock.</param>
    public DeadlinePolicy(long ticksPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ticksPerSecond);
        _shares = new ShareLedger(ticksPerSecond);
        _shortLoad = new ShortLoad(ticksPerSecond);
    }

    /// <inheritdoc/>
    public string Name => "deadline";

    /// <inheritdoc/>
    public SchedulingDecision Decide(in DeviceState device, LaneClass lane)
    {
        if (!device.Lanes.HasRoom(lane))
        {
            return SchedulingDecision.Idle;
        }

        _shares.Refresh(device);
        var share = GetStretch(device, lane);
        var stretch = share * _slowness[lane];
        var laneFree = device.Now + (long)(_longestRun[(int)lane] * stretch);
        var longestRun = 0L;

        // Whether a run now takes the time from others that lack it.
        var isFull = device.Lanes.Total >= device.Lanes.Cores;
        var isContended = isFull && _shares.IsOverloaded;
        var wakeAt = long.MaxValue;
        var best = new Candidate { Queue = -1, Rank = int.MaxValue };
        var queues = device.Queues;
        for (var i = 0; i < queues.Length; i++)
        {
            ref readonly var queue = ref queues[i];
            if (!device.IsRunnable(queue, lane))
            {
                continue;
            }

            longestRun = Math.Max(longestRun, queue.Plan.SlowRunTicks);
            BatchFit.Find(device, queue, stretch, out var fit);
            if (fit.IsLate)
            {
                _shares.NoteShortage(queue.Model, device.Now);
            }

            if (fit.DropReason != DropReason.None)
            {
                return SchedulingDecision.Drop(i, fit.DropReason);
            }

            if (isContended && fit.LatestStart > laneFree && WouldSave(queue, fit))
            {
                fit.ReadyTime = device.Now + fit.LatestStart - laneFree;
            }

            if (fit.ReadyTime > device.Now)
            {
                wakeAt = Math.Min(wakeAt, fit.ReadyTime);
                continue;
            }

            Compare(ref best, device, i, fit, laneFree, isFull);
        }

        _longestRun[(int)lane] = longestRun;
        return best.Queue >= 0 ? Run(device, best, lane, share) : SchedulingDecision.WaitUntil(wakeAt);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Refuses what would be late even if the device worked for this model alone from now on; what is late for other reasons
    /// is dropped when a lane would take it.
    /// </remarks>
    public AdmissionDecision Admit(in DeviceState device, int queue, int rows, long deadline, long softDeadline)
    {
        ref readonly var state = ref device.Queues[queue];
        ref readonly var model = ref device.Models[state.Model];
        var plan = state.Plan;
        var latest = model.ServesLate || softDeadline == long.MaxValue ? deadline : Math.Min(deadline, softDeadline - plan.GuardTicks);
        if (latest == long.MaxValue)
        {
            return AdmissionDecision.Admitted;
        }

        // What waits is done by as many lanes as the model may have; the request then runs with the batch that it completes.
        var lanes = Math.Min(model.ConcurrencyLimit, device.Lanes.Cores);
        var isBacklogged = state.Rows + rows > plan.TargetRows;
        var wait = isBacklogged ? (state.Rows + rows - plan.TargetRows) * plan.CpuTicksPerRow / lanes : 0;
        var run = plan.Profile.GetSlowWallTicks(Math.Min(state.Rows + rows, Math.Max(rows, plan.TargetRows)));
        var late = device.Now + wait + run - latest;
        if (late <= 0 || (!isBacklogged && state.Depth == 0 && latest == softDeadline - plan.GuardTicks))
        {
            return AdmissionDecision.Admitted;
        }

        return AdmissionDecision.Refused((long)late);
    }

    /// <inheritdoc/>
    public void Account(int model, long bookedCpuTicks, long cpuTicks) => _shares.Add(model, cpuTicks - bookedCpuTicks);

    /// <inheritdoc/>
    public void Observe(LaneClass lane, long expectedTicks, long wallTicks) => _slowness.Add(lane, expectedTicks, wallTicks);

    /// <inheritdoc/>
    public void Forget(int model) => _shares.Forget(model);

    private SchedulingDecision Run(in DeviceState device, in Candidate candidate, LaneClass lane, double stretch)
    {
        ref readonly var queue = ref device.Queues[candidate.Queue];
        var cpuTicks = queue.Plan.Profile.GetCpuTicks(candidate.Rows);
        _shares.Book(queue.Model, cpuTicks, device.Now);
        if (lane == LaneClass.Short)
        {
            _shortLoad.Add(cpuTicks, device.Now);
        }

        return SchedulingDecision.Run(candidate.Queue, candidate.Rows, cpuTicks, (long)(queue.Plan.Profile.GetWallTicks(candidate.Rows) * stretch));
    }

    // Puts a queue in the place of the best so far, if it comes before that.
    private void Compare(ref Candidate best, in DeviceState device, int index, in BatchFit fit, long laneFree, bool isFull)
    {
        ref readonly var queue = ref device.Queues[index];
        var hasObjective = queue.HeadSoftDeadline != long.MaxValue;
        var standing = _shares.GetStanding(queue, hasObjective, device.Now);
        if (isFull && _shares.MustYield(standing, hasObjective))
        {
            return;
        }

        var rank = standing
            | (fit.IsLate ? 1 << 19 : 0)
            | (IsUrgent(device, queue, fit, laneFree) ? 0 : 1 << 18)
            | (Math.Min(device.Models[queue.Model].Priority, 255) << 8)
            | (Math.Min(queue.HeadPriority, 127) << 1)
            | (fit.Rows >= queue.Plan.TargetRows ? 0 : 1);
        if (rank > best.Rank)
        {
            return;
        }

        var order = ShareLedger.ComesFirst(standing) || !hasObjective ? queue.HeadQueued : fit.LatestStart;
        if (rank < best.Rank || order < best.Order)
        {
            best.Queue = index;
            best.Rows = fit.Rows;
            best.Rank = rank;
            best.Order = order;
        }
    }

    // Whether the lane may be free again too late for the head, or for those behind it, which may have come with it.
    private static bool IsUrgent(in DeviceState device, in QueueState queue, in BatchFit fit, long laneFree)
    {
        var slack = fit.LatestStart - laneFree;
        var backlog = queue.Rows - fit.Rows;
        return slack < 0 || (backlog > 0 && slack * (double)device.Lanes.Cores < backlog * queue.Plan.CpuTicksPerRow);
    }

    // Whether rows would cost less in a larger batch, and one may come about before the head has to go.
    private static bool WouldSave(in QueueState queue, in BatchFit fit) =>
        fit.Rows < queue.Plan.TargetRows
        && !fit.IsLate
        && queue.HeadSoftDeadline != long.MaxValue
        && queue.Plan.Profile.GetCpuTicks(fit.Rows) > fit.Rows * queue.Plan.CpuTicksPerRow * BatchFit.WorthwhileCost;

    // How much longer than on a free processor a run on this lane would take now.
    private double GetStretch(in DeviceState device, LaneClass lane)
    {
        var lanes = device.Lanes;
        return lane switch
        {
            LaneClass.Any => 1,
            LaneClass.Short => 1 / ProcessorSharing.GetNormalShare(lanes.Cores, lanes.Short + 1, lanes.Niced),

            // Niced threads get something in the end, however many short runs there are.
            _ => 1 / Math.Max(0.1, ProcessorSharing.GetNicedShare(lanes.Cores, _shortLoad.Get(device.Now), lanes.Niced + 1)),
        };
    }

    private struct Candidate
    {
        public int Queue;
        public int Rows;
        public int Rank;
        public long Order;
    }
}
