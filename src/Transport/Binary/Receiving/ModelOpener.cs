using System.Text;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Binary.Sending;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Wire;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>
/// Answers opens: finds the model, gives it a handle and tells its signature. While the server loads its first models the
/// answer waits for them, beside the receive loop, which goes on.
/// </summary>
internal sealed partial class ModelOpener(BinaryServices services, InferGate gate, HandleTable handles, RequestOwner owner)
{
    private InferenceEngine Engine => services.Engine;

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

        if (!status.IsOk)
        {
            owner.Refuse(frame.Id, status, FrameFlags.NotBegun, charge: 0);
            return;
        }

        owner.InFlight.Add(frame.Id, default);
        if (Engine.Started.IsCompleted || (Engine.Models.TryGetVersion(name, open.Version, out var version).IsOk && version!.State == ModelState.Ready))
        {
            Answer(frame.Id, name, open.Version);
        }
        else
        {
            _ = AnswerLaterAsync(frame.Id, name, open.Version);
        }
    }

    private async Task AnswerLaterAsync(ulong id, string name, long version)
    {
        try
        {
            // However the wait ends, the model is looked for next, and what is wrong is said there.
            await Engine.Started.WaitAsync(services.Options.RequestTimeout ?? Timeout.InfiniteTimeSpan, services.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Answer(id, name, version);
        }
        catch (Exception exception)
        {
            Log.Failed(services.Logger, name, exception);
            owner.Refuse(id, new InferenceStatus(StatusCode.Internal, "The server failed; its log says why."), FrameFlags.NotBegun, charge: 0);
        }
    }

    private void Answer(ulong id, string name, long version)
    {
        var status = Admit();
        byte[]? frame = null;
        if (status.IsOk)
        {
            status = Engine.Models.TryCreateRequest(name, version, out var request);
            if (request is not null)
            {
                var model = request.Model;
                var signature = request.Signature;
                request.Dispose();
                status = Register(id, new ModelHandle(name, version, signature), model.Number, signature, out frame);
            }
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

    private InferenceStatus Register(ulong id, ModelHandle model, long version, ModelSignature signature, out byte[]? frame)
    {
        frame = null;
        if (!handles.TryAdd(model, out var handle))
        {
            return new InferenceStatus(StatusCode.ResourceExhausted, $"The connection has {services.Options.HandleLimit} handles open, as many as it may.");
        }

        frame = ControlFrames.Opened(id, handle, version, signature);
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
