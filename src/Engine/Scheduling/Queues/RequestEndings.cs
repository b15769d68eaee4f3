using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Runs;

namespace Camshaft.Engine.Scheduling.Queues;

/// <summary>The ways in which requests end that were taken: cancelled, or with their run. Guarded by the scheduler's lock.</summary>
internal sealed class RequestEndings(QueueTable queues, DeadlineWatch deadlines, AbandonedRuns abandoned)
{
    /// <summary>Whether no more requests are taken, and none is run again.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Lets requests only end from now on.</summary>
    public void Stop() => IsStopping = true;

    /// <summary>Ends a request early: at once while it waits; while it runs, by asking its backend when nobody waits for the batch any more.</summary>
    /// <returns>Whether the request is over now, so that the caller has to complete it, after the lock.</returns>
    public bool Cancel(InferenceRequest request, StatusCode code)
    {
        switch (request.State)
        {
            case RequestState.Building:
                request.CancelCode = code;
                return false;

            case RequestState.Queued:
                queues.Withdraw(request);
                deadlines.Remove(request);
                request.State = RequestState.Ended;
                return true;

            case RequestState.Running when request.CancelCode == StatusCode.Ok:
                request.CancelCode = code;
                if (request.Lane!.IsUnwanted)
                {
                    request.Lane.Run.RequestCancel();
                    abandoned.Watch(request.Lane);
                }

                return false;

            default:
                return false;
        }
    }

    /// <summary>Ends the requests of a batch, or lets them run again, each alone.</summary>
    /// <returns>Those that are over, linked and each with its outcome; null when none is.</returns>
    public InferenceRequest? End(InferenceRequest first, bool isRetried)
    {
        // What is out of service runs no more; a lane could be stuck with it next.
        var mayRetry = isRetried && !IsStopping && !first.Model.IsOutOfService;
        InferenceRequest? over = null;
        InferenceRequest? again = null;
        for (InferenceRequest? request = first, next; request is not null; request = next)
        {
            next = request.NextInBatch;
            request.Lane = null;
            ref var list = ref mayRetry && request.CancelCode == StatusCode.Ok ? ref again : ref over;
            request.NextInBatch = list;
            list = request;
        }

        // The lists are in reverse by now, which is the order for putting back at the front.
        for (InferenceRequest? request = again, next; request is not null; request = next)
        {
            next = request.NextInBatch;
            request.NextInBatch = null;
            request.RunsAlone = true;
            request.State = RequestState.Queued;
            queues.PutBack(request);
        }

        for (var request = over; request is not null; request = request.NextInBatch)
        {
            request.State = RequestState.Ended;
            deadlines.Remove(request);
            request.Outcome = request.CancelCode == StatusCode.Ok ? request.RunOutcome : RequestErrors.Ended(request.Model, request.CancelCode);
        }

        return over;
    }
}
