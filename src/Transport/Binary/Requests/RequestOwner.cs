using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Routing;
using Camshaft.Transport.Binary.Regions;
using Camshaft.Transport.Binary.Sending;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Requests;

/// <summary>
/// What the requests of one connection have of it: their ids, the credit that they take, its regions, and the way to the client. Any
/// thread; ends with the connection.
/// </summary>
internal sealed class RequestOwner(BinaryServices services, SendQueue sender)
{
    /// <summary>The requests that have no answer yet.</summary>
    public InFlightTable InFlight { get; } = new();

    /// <summary>What the client may still send.</summary>
    public CreditWindow Window { get; } = new(services.Options.WindowByteSize);

    /// <summary>The memory that the client shares.</summary>
    public RegionTable Regions { get; } = new(services.Options.SharedMemory);

    /// <summary>Makes a request of a frame whose head was taken; it is in flight from now on.</summary>
    public BinaryRequest Accept(in FrameHead frame, InferenceRequest inference, in Admission admission)
    {
        var request = Begin(frame, inference, admission);
        InFlight.Add(frame.Id, inference.Handle);
        return request;
    }

    /// <summary>Makes a request of a frame that is in flight.</summary>
    public BinaryRequest Begin(in FrameHead frame, InferenceRequest inference, in Admission admission)
    {
        var request = services.Requests.Get();
        request.Begin(this, frame.Id, frame.FrameByteSize, inference, admission);
        return request;
    }

    /// <summary>Answers with an error.</summary>
    /// <param name="id">The request, whether it was in flight or not.</param>
    /// <param name="status">Why.</param>
    /// <param name="flags">What the client may conclude.</param>
    /// <param name="charge">The credit that its frame had taken.</param>
    public void Refuse(ulong id, in InferenceStatus status, FrameFlags flags, long charge)
    {
        Forget(id, charge);
        sender.Send(ControlFrames.Error(id, status, flags, charge));
    }

    /// <summary>Answers with a frame that has been made.</summary>
    public void Answer(ulong id, byte[] frame)
    {
        InFlight.Remove(id);
        sender.Send(frame);
    }

    /// <summary>Answers with a request's outputs; the sender owns the request from now on.</summary>
    public void Answer(BinaryRequest request) => sender.Send(request);

    /// <summary>A request has its answer, or will have none: its id and its credit may be used again.</summary>
    public void Forget(ulong id, long charge)
    {
        Window.GiveBack(charge);
        InFlight.Remove(id);
    }

    /// <summary>Answers the unregisters whose regions nothing uses any more.</summary>
    public void AnswerFreeRegions()
    {
        while (Regions.TryTakeFree(out var id))
        {
            Answer(id, ControlFrames.Done(id));
        }
    }

    /// <summary>Cancels every request, since nobody waits for answers any more.</summary>
    public void CancelAll()
    {
        CloseRegions();
        InFlight.CancelAll();
    }

    /// <summary>Gives the regions back, each as soon as the requests that use it have ended.</summary>
    public void CloseRegions()
    {
        foreach (var id in Regions.Close())
        {
            InFlight.Remove(id);
        }
    }

    /// <summary>The target of a request's way has none for it, and counts that, unless it is the client who wants it no more. Goes on to the next one.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryFallBack(ref Route route, in InferenceStatus refusal)
    {
        if (refusal.Code != StatusCode.Cancelled)
        {
            services.Engine.Models.CountUntaken(route.ModelName, route.Version);
        }

        return route.TryFallBack(refusal.Code);
    }

    /// <summary>A request has been answered: copies of it may go where its rule wants them.</summary>
    public void OfferCopies(in Route route, InferenceRequest answered) => services.Engine.Shadows.Offer(route, answered);

    public void Return(BinaryRequest request) => services.Requests.Return(request);
}
