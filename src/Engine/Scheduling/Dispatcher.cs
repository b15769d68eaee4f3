using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Queues;
using Camshaft.Engine.Scheduling.Runs;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Asks the policy what free lanes run next, and whether a request may wait at all; takes the lanes, and takes them back. Guarded by the scheduler's lock.
/// </summary>
internal sealed class Dispatcher(ISchedulingPolicy policy, QueueTable queues, LaneSet lanes, DeadlineWatch deadlines, MomentTimer wake, TimeProvider timeProvider)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);

    private readonly BackgroundTurns _turns = new();
    private long _started;

    // By lane class: since when a lane is free and the policy waits all the same; 0 = it does not.
    private readonly long[] _heldSince = new long[Enum.GetValues<LaneClass>().Length];

    /// <summary>Whether a request may queue, as far as the policy has a say.</summary>
    public InferenceStatus Admit(InferenceRequest request)
    {
        var queue = request.Queue;
        var decision = policy.Admit(GetState(), queue.Index, request.RowCount, request.Deadline, queue.Share.GetSoftDeadline(request));
        return decision.IsAdmitted ? InferenceStatus.Ok : RequestErrors.Overloaded(request.Model, ToRetry(decision.RetryAfterTicks));
    }

    /// <summary>Whether a request may run here and now, on its caller's thread: nobody waits, its runs are short, and a lane is free.</summary>
    public bool MayRunInline(InferenceRequest request)
    {
        var queue = request.Queue;
        return request.MayRunInline && queue.MaxRows == 1 && queues.Queued == 0 && queue.Share.HasRoom
            && lanes.HasFree(GetInlineClass()) && queue.IsShort(timeProvider.TimestampFrequency, request.OthersWait);
    }

    /// <summary>Takes a lane for a request that its caller runs.</summary>
    public EngineLane TakeInline(InferenceRequest request) => Take(GetInlineClass(), request, decision: default);

    /// <summary>Whether a run that nobody waits for may start now: nobody else waits either, and there is a core for it.</summary>
    public bool HasRoomInBackground => queues.Queued == 0 && lanes.HasFreeInBackground && _turns.MayStart(timeProvider.GetTimestamp());

    /// <summary>Takes the lane for a request that nobody waits for.</summary>
    public EngineLane TakeInBackground(InferenceRequest request)
    {
        _turns.Start(timeProvider.GetTimestamp(), _started, isAlone: lanes.Use.Total == 0);
        return Take(LaneClass.Background, request, decision: default);
    }

    /// <summary>Takes a lane back after its run, and takes into the books what that took. In one step with the end of its requests: until then a cancel reaches the lane.</summary>
    public void GiveBack(EngineLane lane, in RunResult result)
    {
        var queue = result.First.Queue;
        policy.Account(queue.Share.Index, lane.BookedCpuTicks, result.DeviceTicks);
        if (result.Status.IsOk && lane.Class != LaneClass.Background)
        {
            queues.Record(queue, result);
            policy.Observe(lane.Class, lane.ExpectedTicks, result.WallTicks);
        }

        queue.Share.RoomSince = queue.Share.HasRoom ? queue.Share.RoomSince : result.EndTime;
        queues.CountRun(queue, -1);
        lane.Use.End(result.EndTime);
        lane.Request = null;
        lane.UnwantedSince = 0;
        lane.Run.ResetCancellation();
        lanes.GiveBack(lane);
        if (lane.Class == LaneClass.Background)
        {
            _turns.End(timeProvider.GetTimestamp(), _started);
        }
    }

    /// <summary>Gives batches to free lanes of every class.</summary>
    public void DispatchAll(ref DispatchResult result)
    {
        foreach (var laneClass in lanes.Layout.Classes)
        {
            Dispatch(laneClass, ref result);
        }
    }

    /// <summary>Gives batches to the free lanes that could run a queue.</summary>
    public void DispatchFor(ModelQueue queue, ref DispatchResult result) =>
        Dispatch(lanes.Layout.HasClasses ? queue.Planner.Plan.LaneClass : LaneClass.Any, ref result);

    private void Dispatch(LaneClass laneClass, ref DispatchResult result)
    {
        while (queues.Queued > 0 && lanes.HasFree(laneClass))
        {
            var decision = policy.Decide(GetState(), laneClass);
            if (decision.IsDrop)
            {
                Drop(decision, ref result);
            }
            else if (decision.IsRun)
            {
                result.AddStarted(Take(laneClass, queues.Dequeue(decision.Queue, decision.Rows), decision));
            }
            else
            {
                ref var held = ref _heldSince[(int)laneClass];
                held = held == 0 ? timeProvider.GetTimestamp() : held;
                wake.WakeBy(decision.WakeAt);
                return;
            }
        }

        _heldSince[(int)laneClass] = 0;
    }

    // A request that joins none never waits for others, but for room among its model's runs or for its model's turn.
    private static long GetHeldSince(InferenceRequest request, long laneHeldSince) => laneHeldSince == 0 || request.Queue.MaxRows == 1
        ? 0
        : Math.Max(laneHeldSince, Math.Max(request.Timings.Received, request.Queue.Share.RoomSince));

    private EngineLane Take(LaneClass laneClass, InferenceRequest first, in SchedulingDecision decision)
    {
        var lane = lanes.Take(laneClass);
        var now = timeProvider.GetTimestamp();
        _started += laneClass == LaneClass.Background ? 0 : 1;
        lane.Request = first;
        lane.Use.Begin(now);
        lane.BookedCpuTicks = decision.CpuTicks;
        lane.ExpectedTicks = decision.WallTicks;
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            request.State = RequestState.Running;
            request.Lane = lane;
            request.MutableTimings.Taken = now;
            request.MutableTimings.Held = GetHeldSince(request, _heldSince[(int)laneClass]);
        }

        queues.CountRun(first.Queue, 1);
        return lane;
    }

    private void Drop(in SchedulingDecision decision, ref DispatchResult result)
    {
        var request = queues.TakeHead(decision.Queue);
        deadlines.Remove(request);
        request.State = RequestState.Ended;
        request.Outcome = decision.DropReason == DropReason.Deadline
            ? RequestErrors.Ended(request.Model, StatusCode.DeadlineExceeded)
            : RequestErrors.Overloaded(request.Model, EstimateBacklog(request.Queue));
        result.AddDropped(request);
    }

    // When what waits now will have been done, if the device did nothing else.
    private TimeSpan EstimateBacklog(ModelQueue queue) => ToRetry((long)(queue.RowsWaiting * queue.Planner.Plan.CpuTicksPerRow / lanes.Layout.Cores));

    private TimeSpan ToRetry(long ticks)
    {
        var time = TimeSpan.FromSeconds((double)ticks / timeProvider.TimestampFrequency);
        return time < LongestRetry ? time : LongestRetry;
    }

    private LaneClass GetInlineClass() => lanes.Layout.HasClasses ? LaneClass.Short : LaneClass.Any;

    private DeviceState GetState() => new(queues.States, queues.Models, lanes.Use, timeProvider.GetTimestamp());
}
