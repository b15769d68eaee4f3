using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Says what becomes of a request that comes: it is refused, its caller runs it, a lane starts with it at once, or it queues. Guarded by the
/// scheduler's lock.
/// </summary>
internal sealed class Admission(QueueTable queues, DeadlineWatch deadlines, RequestEndings endings, Dispatcher dispatcher, TimeProvider timeProvider)
{
    /// <summary>Takes a request, or refuses it.</summary>
    /// <param name="request">The request. Without success it is over, and the caller completes it, after the lock.</param>
    /// <param name="work">Where lanes are added that have something to do by now.</param>
    /// <param name="inline">A lane that the caller runs itself, after the lock, with the request on it; null = none.</param>
    /// <returns>Success, or why the request is refused.</returns>
    public InferenceStatus Admit(InferenceRequest request, ref DispatchResult work, out EngineLane? inline)
    {
        inline = null;
        var refusal = FindRefusal(request);
        if (!refusal.IsOk)
        {
            request.State = RequestState.Ended;
            return refusal;
        }

        request.WasAccepted = true;
        deadlines.Add(request);
        if (request.IsBackground)
        {
            work.AddStarted(dispatcher.TakeInBackground(request));
        }
        else if (dispatcher.MayRunInline(request))
        {
            inline = dispatcher.TakeInline(request);
        }
        else
        {
            request.State = RequestState.Queued;
            queues.Enqueue(request);
            dispatcher.DispatchFor(request.Queue, ref work);
        }

        return refusal;
    }

    private InferenceStatus FindRefusal(InferenceRequest request)
    {
        var share = request.Queue.Share;
        if (request.CancelCode == StatusCode.Ok && request.Deadline <= timeProvider.GetTimestamp())
        {
            request.CancelCode = StatusCode.DeadlineExceeded;
        }

        // What nobody waits for waits for nothing: if it cannot start at once it is in the way, or will be.
        return request.CancelCode != StatusCode.Ok ? RequestErrors.Ended(request.Model, request.CancelCode)
            : endings.IsStopping ? RequestErrors.Stopping(request.Model)
            : request.Model.IsOutOfService ? RequestErrors.OutOfService(request.Model)
            : share.Depth >= share.QueueLimit ? RequestErrors.QueueFull(request.Model, share.QueueLimit)
            : request.IsBackground && !dispatcher.HasRoomInBackground ? RequestErrors.NoRoomInBackground(request.Model)
            : dispatcher.Admit(request);
    }
}
