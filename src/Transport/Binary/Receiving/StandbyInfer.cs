using System.Buffers;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Routing;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Wire;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>
/// An infer whose model is being loaded for it. Its frame is kept aside as it arrives, so that the connection goes on with
/// those behind it; when model (1) and frame (2) are there its tensors are declared (3), get memory (4), are filled (5) and
/// run (6). The receive loop fills the frame; the rest goes its own way, and answers by itself.
/// </summary>
internal sealed partial class StandbyInfer
{
    private readonly BinaryServices _services;
    private readonly RequestOwner _owner;
    private readonly ModelHandle _model;
    private readonly FrameHead _frame;
    private readonly InferHead _infer;
    private readonly RequestDeadline _deadline;
    private readonly Admission _admission;
    private readonly LoadWait _load;
    private readonly TaskCompletionSource<bool> _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _bytes;
    private Route _route;
    private int _filled;

    /// <summary>Takes the duties over to dispose the admission, and to give the frame's place among those kept aside back.</summary>
    public StandbyInfer(BinaryServices services, RequestOwner owner, ModelHandle model, in Route route, in FrameHead frame, in InferHead infer, in RequestDeadline deadline, in Admission admission, LoadWait load)
    {
        _services = services;
        _owner = owner;
        _model = model;
        _route = route;
        _frame = frame;
        _infer = infer;
        _deadline = deadline;
        _admission = admission;
        _load = load;
        _bytes = GC.AllocateUninitializedArray<byte>((int)frame.FrameByteSize);
    }

    /// <summary>How much of the frame is missing.</summary>
    public int Missing => _bytes.Length - _filled;

    /// <summary>Keeps what has arrived next; with the last byte the receive loop is done with it.</summary>
    /// <param name="part">At most as much as is missing.</param>
    public void Fill(in ReadOnlySequence<byte> part)
    {
        part.CopyTo(_bytes.AsSpan(_filled));
        _filled += (int)part.Length;
        if (Missing == 0)
        {
            _arrived.SetResult(true);
        }
    }

    /// <summary>Nothing more of the frame will arrive.</summary>
    public void Abandon()
    {
        _load.Cancel();
        _arrived.TrySetResult(false);
    }

    /// <summary>Waits and runs the request; it is in flight from before to after that.</summary>
    /// <param name="rented">The load, and the engine's request after it.</param>
    public async Task RunAsync(ValueTask<RentedRequest> rented)
    {
        BinaryRequest? request = null;
        InferenceStatus status;
        try
        {
            (status, var inference) = await rented.ConfigureAwait(false); // 1
            while (inference is null && _owner.TryFallBack(ref _route, status))
            {
                (status, inference) = await _services.Engine.CreateRequestAsync(_route.ModelName, _route.Version, _deadline.IsSet ? _deadline.Remaining : null, _load.Token).ConfigureAwait(false);
            }

            var flags = FrameFlags.None;
            if (inference is not null && !_model.Fits(inference))
            {
                (status, flags) = (_model.CreateOpenAgain(inference, _infer.Handle), FrameFlags.OpenAgain);
                inference.Dispose();
                inference = null;
            }

            if (inference is null)
            {
                Refuse(status, flags);
                return;
            }

            request = _owner.Begin(_frame, inference, _admission);
            request.Route = _route;
            _load.Attach(inference.Handle);
            if (!await _arrived.Task.ConfigureAwait(false)) // 2
            {
                request.Abandon();
                return;
            }

            status = await PrepareAsync(request).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.Failed(_services.Logger, _model.Opened.Name, exception);
            status = new InferenceStatus(StatusCode.Internal, "The server failed; its log says why.");
            if (request is null)
            {
                Refuse(status, FrameFlags.None);
                return;
            }
        }
        finally
        {
            _services.StandbyWindow.GiveBack(_frame.FrameByteSize);
        }

        End(request, status);
    }

    private async Task<InferenceStatus> PrepareAsync(BinaryRequest request)
    {
        var inference = request.Inference;
        var preface = TensorTable.GetPrefaceByteSize(_frame, _infer.TableByteSize);
        var status = TensorDeclaration.Declare(_bytes.AsSpan(0, preface), _frame, _infer, request, _owner.Regions); // 3
        if (!status.IsOk)
        {
            return status;
        }

        inference.FillsAtOnce = !request.Regions.WaitsForDevice;
        using (var wait = new MemoryWait(_services.TimeProvider))
        using (_load.Token.UnsafeRegister(static state => ((MemoryWait)state!).GiveUp(), wait))
        {
            status = await wait.ReserveAsync(inference, _deadline).ConfigureAwait(false); // 4
        }

        status = status.IsOk ? request.Regions.ReadInputs(inference) : status; // 5
        if (status.IsOk)
        {
            foreach (var place in request.Places)
            {
                _bytes.AsSpan((int)place.Offset, place.ByteSize).CopyTo(inference.GetInput(place.Input).Bytes);
            }
        }

        return status;
    }

    private void End(BinaryRequest request, InferenceStatus status)
    {
        if (status.IsOk)
        {
            status = _deadline.Apply(request.Inference);
        }

        if (!status.IsOk)
        {
            request.Fail(status, FrameFlags.NotBegun);
            return;
        }

        request.Inference.MarkReceived();
        request.Run(); // 6
    }

    private void Refuse(in InferenceStatus status, FrameFlags flags)
    {
        _admission.Dispose();
        _owner.Refuse(_frame.Id, status, flags | FrameFlags.NotBegun, _frame.FrameByteSize);
    }

    private static partial class Log
    {
        [LoggerMessage(704, LogLevel.Error, "A request to '{Model}', which was loaded for it, failed.")]
        public static partial void Failed(ILogger logger, string model, Exception exception);
    }
}
