using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Routing;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Binary.Sending;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Wire;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>
/// Answers opens: finds the model, by its name, an alias or the rules, gives it a handle and tells its signature. Where the model is not in memory, since the server
/// loads its first ones or it is on standby, the answer waits for it beside the receive loop, which goes on.
/// </summary>
internal sealed partial class ModelOpener(BinaryServices services, InferGate gate, HandleTable handles, RequestOwner owner)
{
    /// <summary>Takes an open.</summary>
    public void Open(in FrameHead frame, ReadOnlySpan<byte> bytes)
    {
        var status = gate.CheckId(frame.Id);
        var fault = OpenHead.TryRead(bytes, frame, out var open);
        var name = "";
        if (fault == WireFault.None)
        {
            fault = TextBlock.TryRead(bytes, frame, open.NameByteSize, out var text);
            name = fault == WireFault.None ? Encoding.UTF8.GetString(text) : "";
        }

        if (status.IsOk && fault != WireFault.None)
        {
            status = new InferenceStatus(StatusCode.InvalidArgument, $"The open is wrong: {fault.Describe()}.");
        }

        // Before it may have a model loaded.
        status = status.IsOk ? Admit() : status;
        OpenedModel? opened = null;
        var route = default(Route);
        if (status.IsOk)
        {
            opened = new OpenedModel(name, open.Version, ReadTags(frame, bytes));
            status = opened.FindRoute(services.Engine, out route);
        }

        if (!status.IsOk)
        {
            owner.Refuse(frame.Id, status, FrameFlags.NotBegun, charge: 0);
            return;
        }

        var load = new LoadWait();
        owner.InFlight.Add(frame.Id, load);
        var rented = RentAsync(route, load);
        if (rented.IsCompletedSuccessfully)
        {
            Answer(frame.Id, opened!, rented.Result);
        }
        else
        {
            _ = AnswerLaterAsync(frame.Id, opened!, rented);
        }
    }

    private async ValueTask<RentedRequest> RentAsync(Route route, LoadWait load)
    {
        while (true)
        {
            var rented = await services.Engine.CreateRequestAsync(route.ModelName, route.Version, services.Options.RequestTimeout, load.Token).ConfigureAwait(false);
            if (rented.Request is not null || !route.TryFallBack(rented.Status.Code))
            {
                return rented;
            }
        }
    }

    // The receive loop has checked the fields.
    private static List<(byte[] Name, byte[] Value)> ReadTags(in FrameHead frame, ReadOnlySpan<byte> bytes)
    {
        var tags = new List<(byte[] Name, byte[] Value)>();
        var fields = new FieldReader(bytes.Slice(WireFormat.HeadByteSize, frame.FieldsByteSize));
        while (fields.TryRead())
        {
            if (fields.Number == FieldNumber.Tag)
            {
                var separator = fields.Value.IndexOf((byte)'=');
                tags.Add((fields.Value[..separator].ToArray(), fields.Value[(separator + 1)..].ToArray()));
            }
        }

        return tags;
    }

    private async Task AnswerLaterAsync(ulong id, OpenedModel opened, ValueTask<RentedRequest> rented)
    {
        try
        {
            Answer(id, opened, await rented.ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            Log.Failed(services.Logger, opened.Name, exception);
            owner.Refuse(id, new InferenceStatus(StatusCode.Internal, "The server failed; its log says why."), FrameFlags.NotBegun, charge: 0);
        }
    }

    private void Answer(ulong id, OpenedModel opened, in RentedRequest rented)
    {
        var status = rented.Status;
        byte[]? frame = null;
        if (rented.Request is { } request)
        {
            var model = request.Model;
            var signature = request.Signature;
            request.Dispose();
            status = Register(id, new ModelHandle(opened, signature), model, signature, out frame);
        }

        if (frame is null)
        {
            owner.Refuse(id, status, FrameFlags.NotBegun, charge: 0);
        }
        else
        {
            owner.Answer(id, frame);
        }
    }

    private InferenceStatus Register(ulong id, ModelHandle opened, ModelVersion model, ModelSignature signature, out byte[]? frame)
    {
        frame = null;
        if (!handles.TryAdd(opened, out var handle))
        {
            return new InferenceStatus(StatusCode.ResourceExhausted, $"The connection has {services.Options.HandleLimit} handles open, as many as it may.");
        }

        frame = ControlFrames.Opened(id, handle, model.Number, signature);
        if (frame is not null)
        {
            return InferenceStatus.Ok;
        }

        handles.TryRemove(handle);
        return new InferenceStatus(StatusCode.Unsupported, $"Model '{model.ModelName}' has a signature that is too long for this protocol.");
    }

    private InferenceStatus Admit()
    {
        // Who may run a model may know how; to watch it is a right of its own.
        using var observe = services.Access.Admit(gate.Caller, AccessRights.Observe);
        if (observe.Status.IsOk)
        {
            return observe.Status;
        }

        using var infer = services.Access.Admit(gate.Caller, AccessRights.Infer);
        return infer.Status;
    }

    private static partial class Log
    {
        [LoggerMessage(703, LogLevel.Error, "Opening '{Model}' failed.")]
        public static partial void Failed(ILogger logger, string model, Exception exception);
    }
}
