using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Routing;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>Decides by an infer's head alone whether it is taken, before anything of its data is read. Belongs to the receive loop.</summary>
internal sealed class InferGate(BinaryServices services, HandleTable handles, RequestOwner owner)
{
    private static readonly TimeSpan StandbyRetryAfter = TimeSpan.FromSeconds(1);

    private volatile string? _closedBecause;

    /// <summary>Who calls; set when the hello has come.</summary>
    public CallerIdentity Caller { get; set; }

    /// <summary>Refuses requests from now on. Any thread.</summary>
    /// <param name="reason">What they are told.</param>
    public void Close(string reason) => _closedBecause = reason;

    /// <summary>Decides about a frame, whose credit is taken however that ends.</summary>
    /// <param name="frame">The head's first half.</param>
    /// <param name="infer">Its second half.</param>
    /// <param name="fault">What is wrong with the second half.</param>
    /// <param name="deadline">Until when it must be over.</param>
    /// <param name="flags">What a refusal tells beside its code.</param>
    /// <param name="request">The request, which is in flight from now on; null without success, and while its model is loaded for it.</param>
    /// <param name="standby">Takes the frame, which is in flight from now on, while its model is loaded for it; null when it is not.</param>
    /// <exception cref="GoAwayException">The id is in use.</exception>
    public InferenceStatus TryAccept(
        in FrameHead frame, in InferHead infer, WireFault fault, in RequestDeadline deadline, out FrameFlags flags, out BinaryRequest? request, out StandbyInfer? standby)
    {
        flags = FrameFlags.None;
        request = null;
        standby = null;
        var status = CheckFrame(frame, fault);
        if (!status.IsOk)
        {
            return status;
        }

        if (!handles.TryGet(infer.Handle, out var model))
        {
            return new InferenceStatus(StatusCode.NotFound, $"There is no handle {infer.Handle} on this connection.");
        }

        var admission = services.Access.Admit(Caller, AccessRights.Infer);
        var route = default(Route);
        InferenceRequest? inference = null;
        status = admission.Status.IsOk ? model.Opened.FindRoute(services.Engine, out route) : admission.Status;
        if (status.IsOk)
        {
            status = services.Engine.Models.TryCreateRequest(route.ModelName, route.Version, out inference);
            if (status.Code == StatusCode.Unavailable)
            {
                (status, inference) = WaitForModel(model, route, frame, infer, deadline, admission, out standby);
                if (standby is not null)
                {
                    return status;
                }
            }

            while (inference is null && owner.TryFallBack(ref route, status))
            {
                status = services.Engine.Models.TryCreateRequest(route.ModelName, route.Version, out inference);
            }
        }

        if (inference is not null && !model.Fits(inference))
        {
            (status, flags) = (model.CreateOpenAgain(inference, infer.Handle), FrameFlags.OpenAgain);
            inference.Dispose();
            inference = null;
        }

        if (inference is null)
        {
            admission.Dispose();
            return status;
        }

        request = owner.Accept(frame, inference, admission);
        request.Route = route;
        return status;
    }

    /// <summary>Checks whether a request of any kind may come in under an id.</summary>
    /// <exception cref="GoAwayException">The id is in use.</exception>
    public InferenceStatus CheckId(ulong id)
    {
        ThrowIfInFlight(id);
        if (_closedBecause is { } reason)
        {
            return new InferenceStatus(StatusCode.Unavailable, reason);
        }

        return owner.InFlight.Count < services.Options.RequestLimit
            ? InferenceStatus.Ok
            : new InferenceStatus(StatusCode.ResourceExhausted, $"The connection has {services.Options.RequestLimit} requests in flight, as many as it may.");
    }

    /// <exception cref="GoAwayException">The id is in use: an answer to it could mean either request.</exception>
    public void ThrowIfInFlight(ulong id)
    {
        if (owner.InFlight.Contains(id))
        {
            throw new GoAwayException($"The id {id} came twice; a request with it is still in flight.");
        }
    }

    private InferenceStatus CheckFrame(in FrameHead frame, WireFault fault)
    {
        var hasCredit = owner.Window.Take(frame.FrameByteSize);
        var status = CheckId(frame.Id);
        if (!status.IsOk)
        {
            return status;
        }

        if (fault != WireFault.None)
        {
            return new InferenceStatus(StatusCode.InvalidArgument, $"The infer is wrong: {fault.Describe()}.");
        }

        if (frame.FrameByteSize > services.Options.FrameByteSizeLimit)
        {
            return new InferenceStatus(StatusCode.ResourceExhausted, $"The infer has {frame.FrameByteSize} bytes; at most {services.Options.FrameByteSizeLimit} are taken.");
        }

        return hasCredit
            ? InferenceStatus.Ok
            : new InferenceStatus(StatusCode.ResourceExhausted, "The infer was sent without credit; wait for some to come back before you send more.");
    }

    /// <summary>Has a model loaded that is not in memory, if it is one that may be.</summary>
    /// <returns>With a <paramref name="standby"/> success; else the request, or why there is none.</returns>
    private RentedRequest WaitForModel(ModelHandle model, in Route route, in FrameHead frame, in InferHead infer, in RequestDeadline deadline, in Admission admission, out StandbyInfer? standby)
    {
        standby = null;
        if (!services.StandbyWindow.Take(frame.FrameByteSize) || frame.FrameByteSize > Array.MaxLength)
        {
            services.StandbyWindow.GiveBack(frame.FrameByteSize);
            return new RentedRequest(
                new InferenceStatus(StatusCode.ResourceExhausted, $"Model '{route.ModelName}' is not in memory, and {services.Options.StandbyByteSize} bytes of requests wait for models already, as many as may.") { RetryAfter = StandbyRetryAfter },
                null);
        }

        var load = new LoadWait();
        var rented = services.Engine.CreateRequestAsync(route.ModelName, route.Version, deadline.IsSet ? deadline.Remaining : null, load.Token);
        if (rented.IsCompletedSuccessfully)
        {
            services.StandbyWindow.GiveBack(frame.FrameByteSize);
            return rented.Result;
        }

        standby = new StandbyInfer(services, owner, model, route, frame, infer, deadline, admission, load);
        owner.InFlight.Add(frame.Id, load);
        _ = standby.RunAsync(rented);
        return new RentedRequest(InferenceStatus.Ok, null);
    }
}
