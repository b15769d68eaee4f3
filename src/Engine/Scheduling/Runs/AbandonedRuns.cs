using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Scheduling.Runs;

/// <summary>
/// Gives up runs that go on after everybody has stopped waiting for them: their requests get their answer, a new lane takes
/// over, and what the backend may still touch stays out until it returns. Guarded by the scheduler's lock.
/// </summary>
internal sealed class AbandonedRuns(QueueTable queues, LaneSet lanes, DeadlineWatch deadlines, MomentTimer timer, ISchedulingPolicy policy, TimeProvider timeProvider, TimeSpan patience)
{
    // A lane more for each would let a backend that hangs take threads without end.
    private const int MostReplaced = 16;

    private readonly Dictionary<EngineLane, AbandonedRun> _runs = [];
    private readonly long _patienceTicks = (long)(patience.TotalSeconds * timeProvider.TimestampFrequency);

    public int Count => _runs.Count;

    public IReadOnlyList<AbandonedRun> List() => [.. _runs.Values];

    /// <summary>Watches a lane whose batch nobody waits for any more.</summary>
    public void Watch(EngineLane lane)
    {
        lane.UnwantedSince = Math.Max(1, timeProvider.GetTimestamp());
        timer.WakeBy(lane.UnwantedSince + _patienceTicks);
    }

    /// <summary>Finds a lane whose batch has been unwanted for too long; when there is none, sets the timer for the next.</summary>
    public EngineLane? FindDue()
    {
        var now = timeProvider.GetTimestamp();
        timer.Forget();
        foreach (var lane in lanes.All)
        {
            if (lane.UnwantedSince == 0 || lane.IsAbandoned)
            {
                continue;
            }

            if (lane.UnwantedSince + _patienceTicks <= now)
            {
                return lane;
            }

            timer.WakeBy(lane.UnwantedSince + _patienceTicks);
        }

        return null;
    }

    /// <summary>Gives a lane's run up.</summary>
    /// <returns>Its requests, to be completed; they are held by the lane besides.</returns>
    public List<InferenceRequest> GiveUp(EngineLane lane)
    {
        var requests = new List<InferenceRequest>();
        var first = lane.Request!;
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            request.IsHeldByLane = true;
            request.State = RequestState.Ended;
            request.Outcome = RequestErrors.Ended(request.Model, request.CancelCode);
            deadlines.Remove(request);
            requests.Add(request);
        }

        lane.IsAbandoned = true;
        queues.CountRun(first.Queue, -1);
        policy.Account(first.Queue.Share.Index, lane.BookedCpuTicks, lane.BookedCpuTicks);
        lanes.GiveUp(lane, isReplaced: _runs.Count < MostReplaced);
        _runs.Add(lane, new AbandonedRun(first.Model, requests.Count, lane.Native.Index, timeProvider.GetUtcNow()));
        return requests;
    }

    /// <summary>Takes note that the backend has returned at last.</summary>
    /// <returns>The requests whose owners have left them, to be recycled. The owners of the others will do that.</returns>
    public List<InferenceRequest> End(EngineLane lane)
    {
        var left = new List<InferenceRequest>();
        for (InferenceRequest? request = lane.Request, next; request is not null; request = next)
        {
            next = request.NextInBatch;
            request.NextInBatch = null;
            request.Lane = null;
            request.IsHeldByLane = false;
            if (request.State == RequestState.Free)
            {
                left.Add(request);
            }
        }

        lane.Request = null;
        _runs.Remove(lane);
        lanes.Remove(lane);
        return left;
    }
}
