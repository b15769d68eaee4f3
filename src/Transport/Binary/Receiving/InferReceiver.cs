using System.Diagnostics.CodeAnalysis;
using Camshaft.Backends;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>
/// Takes infer frames, each as far as it has arrived: decides by its head (1), declares the tensors of the table (2), takes
/// memory for them, where a full budget makes the client wait (3), fills it (4) and runs the request (5). What is refused on
/// the way is answered at once, and the rest of the frame skipped. Frames for models that are being loaded are kept aside.
/// Belongs to the receive loop, which does the waiting.
/// </summary>
internal sealed class InferReceiver(BinaryServices services, FrameReader reader, InferGate gate, RequestOwner owner, MemoryWait memoryWait, DepartureWatch departure)
{
    /// <summary>Stands for a number of bytes where it is memory that is needed.</summary>
    public const long NeedsMemory = -1;

    /// <summary>Stands for a number of bytes where what comes next is received into the request's own memory.</summary>
    public const long NeedsWait = -2;

    private InferStage _stage;
    private FrameHead _frame;
    private InferHead _infer;
    private BinaryRequest? _request;
    private StandbyInfer? _standby;
    private RequestDeadline _deadline;
    private long _begin;
    private int _place;
    private int _filled;

    /// <summary>Whether a frame has begun and not ended.</summary>
    public bool IsAmidFrame => _stage != InferStage.None;

    /// <summary>Begins a frame whose head has arrived and is not consumed.</summary>
    /// <exception cref="GoAwayException">The frame's id is in use.</exception>
    public void Begin(in FrameHead frame) // 1
    {
        _frame = frame;
        _begin = reader.Position;
        _place = _filled = 0;
        using var head = new ContiguousBytes(reader.Buffered, WireFormat.HeadByteSize);
        var fault = InferHead.TryRead(head.Span, frame, out _infer);
        _deadline = new RequestDeadline(services.TimeProvider, _infer.TimeoutMicroseconds, services.Options.RequestTimeout);
        var status = gate.TryAccept(frame, _infer, fault, _deadline, out var flags, out _request, out _standby);
        _stage = _request is not null ? InferStage.Preface : _standby is not null ? InferStage.Aside : InferStage.Rest;
        if (_stage == InferStage.Rest)
        {
            owner.Refuse(frame.Id, status, flags | FrameFlags.NotBegun, frame.FrameByteSize);
        }
    }

    /// <summary>Goes on with the frame as far as it has arrived.</summary>
    /// <returns>How many bytes have to be there to go further; 0 at the frame's end; or <see cref="NeedsMemory"/>.</returns>
    public long Continue() => _stage switch
    {
        InferStage.Preface => ReadTable(),
        InferStage.Declared => WaitForWhole(),
        InferStage.Data => Fill(),
        InferStage.Aside => KeepAside(),
        _ => Finish(),
    };

    /// <summary>Takes memory for the request; awaited when <see cref="Continue"/> asks for it, and given to <see cref="OnMemory"/>.</summary>
    public ValueTask<InferenceStatus> ReserveAsync() // 3
    {
        var reserved = _request!.Regions.WaitsForDevice ? ReserveAndReadAsync(_request) : memoryWait.ReserveAsync(_request.Inference, _deadline);
        return reserved.IsCompleted ? reserved : new(departure.WaitAsync(reserved.AsTask(), _begin + _frame.FrameByteSize - reader.Position));
    }

    /// <summary>Goes on with the memory, or without the request.</summary>
    public void OnMemory(in InferenceStatus status)
    {
        _stage = InferStage.Data;
        RefuseUnlessOk(status.IsOk && !_request!.Regions.WaitsForDevice ? _request.Regions.ReadInputs(_request.Inference) : status);
    }

    /// <summary>Gives up a frame that does not arrive any more.</summary>
    public void Abandon()
    {
        _request?.Abandon();
        _request = null;
        _standby?.Abandon();
        _standby = null;
        _stage = InferStage.None;
    }

    private long ReadTable()
    {
        var preface = TensorTable.GetPrefaceByteSize(_frame, _infer.TableByteSize);
        if (reader.Buffered.Length < preface)
        {
            return preface;
        }

        using var bytes = new ContiguousBytes(reader.Buffered, preface);
        _stage = InferStage.Declared;
        RefuseUnlessOk(TensorDeclaration.Declare(bytes.Span, _frame, _infer, _request!, owner.Regions)); // 2
        return Continue();
    }

    private long WaitForWhole()
    {
        var inference = _request!.Inference;
        var isThere = reader.Buffered.Length >= _frame.FrameByteSize;
        inference.FillsAtOnce = isThere && !_request.Regions.WaitsForDevice;

        // Rows among those of others are taken when all is there to fill them.
        if (inference.Joins && !isThere && _frame.FrameByteSize <= FrameReader.LargestWhole)
        {
            return _frame.FrameByteSize;
        }

        _stage = InferStage.Memory;
        return NeedsMemory;
    }

    // The connection waits for the device meanwhile, and its thread serves others.
    private async ValueTask<InferenceStatus> ReserveAndReadAsync(BinaryRequest request)
    {
        var status = await memoryWait.ReserveAsync(request.Inference, _deadline).ConfigureAwait(false);
        return status.IsOk ? await Task.Run(() => request.Regions.ReadInputs(request.Inference)).ConfigureAwait(false) : status;
    }

    /// <summary>Moves the data of the inputs into their memory, the one copy that its bytes pay, or receives it there.</summary>
    private long Fill() // 4
    {
        while (_place < _request!.Places.Length)
        {
            var place = _request.Places[_place];
            var isThere = reader.TrySkipTo(_begin + place.Offset + _filled);
            var isDirect = isThere && reader.ReceivesDirectly(place.ByteSize - _filled);
            if (!isThere || (!isDirect && reader.Buffered.IsEmpty))
            {
                return 1;
            }

            if (_deadline.HasPassed)
            {
                RefuseUnlessOk(RequestDeadline.CreateStatus(_request.Inference));
                return Finish();
            }

            var rest = _request.Inference.GetInput(place.Input).Bytes[_filled..];
            var part = isDirect ? reader.ReceiveDirectly(rest) : reader.Take(rest);
            if (part == 0)
            {
                return NeedsWait;
            }

            _filled += part;
            if (_filled == place.ByteSize)
            {
                _filled = 0;
                _place++;
            }
        }

        _stage = InferStage.Rest;
        return Finish();
    }

    /// <summary>Takes all of the frame out of the way of those behind it, since its model is not there yet.</summary>
    private long KeepAside()
    {
        var part = reader.Buffered.Slice(0, Math.Min(reader.Buffered.Length, _standby!.Missing));
        _standby.Fill(part);
        reader.Consume(part.Length);
        if (_standby.Missing > 0)
        {
            return 1;
        }

        _standby = null;
        _stage = InferStage.None;
        return 0;
    }

    private long Finish()
    {
        if (!reader.TrySkipTo(_begin + _frame.FrameByteSize))
        {
            return 1;
        }

        _stage = InferStage.None;
        if (TryDetach(out var request))
        {
            Run(request);
        }

        return 0;
    }

    private void Run(BinaryRequest request) // 5
    {
        var inference = request.Inference;
        var status = _deadline.Apply(inference);
        if (!status.IsOk)
        {
            request.Fail(status, FrameFlags.NotBegun);
            return;
        }

        inference.MarkReceived();

        // What waits behind it on this connection would wait for it as well.
        inference.MayRunInline = true;
        inference.OthersWait = !reader.Buffered.IsEmpty;
        request.Run();
    }

    private void RefuseUnlessOk(in InferenceStatus status)
    {
        if (!status.IsOk && TryDetach(out var request))
        {
            _stage = InferStage.Rest;
            request.Fail(status, FrameFlags.NotBegun);
        }
    }

    private bool TryDetach([NotNullWhen(true)] out BinaryRequest? request)
    {
        (request, _request) = (_request, null);
        return request is not null;
    }
}
