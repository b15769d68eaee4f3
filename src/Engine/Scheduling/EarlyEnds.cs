using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Queues;
using Camshaft.Engine.Scheduling.Runs;

namespace Camshaft.Engine.Scheduling;

/// <summary>Ends requests before they have run, or their runs have ended: for their callers, for a stop, and when their time is over. Any thread.</summary>
/// <param name="gate">The scheduler's lock; requests are completed outside.</param>
/// <param name="endings">What ending a request takes.</param>
/// <param name="deadlines">Whose time is over.</param>
/// <param name="abandoned">The runs that nobody waits for.</param>
/// <param name="lanes">What runs.</param>
/// <param name="dispatcher">Finds work for lanes that take over.</param>
internal sealed class EarlyEnds(Lock gate, RequestEndings endings, DeadlineWatch deadlines, AbandonedRuns abandoned, LaneSet lanes, Dispatcher dispatcher)
{
    /// <summary>Ends a request early, if it is still the one that the caller means.</summary>
    public void Cancel(InferenceRequest request, int generation, StatusCode code)
    {
        lock (gate)
        {
            if (request.Generation != generation || !endings.Cancel(request, code))
            {
                return;
            }
        }

        request.Complete(RequestErrors.Ended(request.Model, code));
    }

    /// <summary>Ends every request of a model, for a stop that has waited long enough.</summary>
    public void CancelAll(ModelShare share, StatusCode code)
    {
        // Those that wait and those that run in one step: between two, a failed batch goes back to the queue or a lane takes from it, and is missed.
        var ended = RequestErrors.Ended(share.Model, code);
        var work = default(DispatchResult);
        lock (gate)
        {
            while (share.FindWaiting() is { } waiting)
            {
                endings.Cancel(waiting, code);
                waiting.Outcome = ended;
                work.AddDropped(waiting);
            }

            foreach (var lane in lanes.All)
            {
                for (var running = lane.Request?.Model == share.Model ? lane.Request : null; running is not null; running = running.NextInBatch)
                {
                    endings.Cancel(running, code);
                }
            }
        }

        work.CarryOut();
    }

    /// <summary>Ends the requests whose time is over.</summary>
    public void Expire()
    {
        while (true)
        {
            InferenceRequest? expired;
            lock (gate)
            {
                expired = deadlines.TakeExpired();
                if (expired is null)
                {
                    return;
                }

                if (!endings.Cancel(expired, StatusCode.DeadlineExceeded))
                {
                    continue;
                }
            }

            expired.Complete(RequestErrors.Ended(expired.Model, StatusCode.DeadlineExceeded));
        }
    }

    /// <summary>Gives up the runs that go on though nobody has waited for them for too long; what waits for their versions ends with them.</summary>
    public void GiveUpRuns()
    {
        while (true)
        {
            List<InferenceRequest> requests;
            var work = default(DispatchResult);
            lock (gate)
            {
                if (abandoned.FindDue() is not { } lane)
                {
                    return;
                }

                // What waits for the version ends with it; else the lane that takes over would be stuck next.
                requests = abandoned.GiveUp(lane);
                var share = requests[0].Queue.Share;
                share.Model.TakeOutOfService();
                while (share.FindWaiting() is { } waiting)
                {
                    endings.Cancel(waiting, StatusCode.Unavailable);
                    waiting.Outcome = RequestErrors.OutOfService(waiting.Model);
                    requests.Add(waiting);
                }

                dispatcher.DispatchAll(ref work);
            }

            work.CarryOut();
            requests[0].Model.ReportStuck();
            foreach (var request in requests)
            {
                request.Complete(request.Outcome);
            }
        }
    }
}
