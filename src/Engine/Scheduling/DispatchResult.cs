using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling;

/// <summary>What is to be done, once the scheduler's lock is free, with what was decided under it.</summary>
internal struct DispatchResult
{
    /// <summary>The first of the lanes that were given a batch; the others follow by <see cref="EngineLane.NextToStart"/>.</summary>
    public EngineLane? FirstStarted;

    /// <summary>The first of the requests that were given up, each with its outcome; the others follow by <see cref="InferenceRequest.NextInBatch"/>.</summary>
    public InferenceRequest? FirstDropped;

    public void AddStarted(EngineLane lane)
    {
        lane.NextToStart = FirstStarted;
        FirstStarted = lane;
    }

    public void AddDropped(InferenceRequest request)
    {
        request.NextInBatch = FirstDropped;
        FirstDropped = request;
    }

    /// <summary>Wakes the lanes, and hands the requests to their owners. Without the lock.</summary>
    public readonly void CarryOut()
    {
        for (EngineLane? lane = FirstStarted, next; lane is not null; lane = next)
        {
            next = lane.NextToStart;
            lane.NextToStart = null;
            lane.Worker!.Wake();
        }

        CompleteAll(FirstDropped);
    }

    /// <summary>Hands linked requests to their owners, each with its outcome. Without the lock.</summary>
    public static void CompleteAll(InferenceRequest? first)
    {
        for (InferenceRequest? request = first, next; request is not null; request = next)
        {
            // Its owner may use it again as soon as it is complete.
            next = request.NextInBatch;
            request.NextInBatch = null;
            request.Complete(request.Outcome);
        }
    }
}
