using System.Buffers;
using System.Runtime.CompilerServices;
using Camshaft.Backends;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>
/// Takes one infer frame: decides by its head (1), declares the tensors of the table (2), takes memory for them, where a full
/// budget makes the client wait (3), fills it (4) and runs the request (5). What is refused on the way is answered at once,
/// and the rest of the frame skipped. Belongs to the receive loop.
/// </summary>
internal sealed class InferReceiver(BinaryServices services, FrameReader reader, InferGate gate, RequestOwner owner, MemoryWait memoryWait)
{
    /// <summary>Takes a frame whose head has arrived and is not consumed.</summary>
    /// <returns><see langword="false"/> when the input ended amid the frame, or the connection is to end.</returns>
    /// <exception cref="GoAwayException">The frame's id is in use.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReceiveAsync(FrameHead frame)
    {
        var end = reader.Position + frame.FrameByteSize;
        var request = Accept(frame, out var infer); // 1
        try
        {
            var deadline = new RequestDeadline(services.TimeProvider, infer.TimeoutMicroseconds, services.Options.RequestTimeout);
            if (request is not null)
            {
                var status = await TakeAsync(frame, infer, request, deadline).ConfigureAwait(false);
                if (!status.IsOk)
                {
                    Detach(ref request).Fail(status, FrameFlags.NotBegun);
                }
            }

            if (!await reader.SkipToAsync(end).ConfigureAwait(false))
            {
                return false;
            }

            if (request is not null)
            {
                Run(Detach(ref request), deadline); // 5
            }

            return true;
        }
        finally
        {
            request?.Abandon();
        }
    }

    private static BinaryRequest Detach(ref BinaryRequest? request)
    {
        var detached = request!;
        request = null;
        return detached;
    }

    /// <returns>The request, which is in flight from now on; null when the frame was refused.</returns>
    private BinaryRequest? Accept(in FrameHead frame, out InferHead infer)
    {
        using var head = new ContiguousBytes(reader.Buffered, WireFormat.HeadByteSize);
        var fault = InferHead.TryRead(head.Span, frame, out infer);
        var status = gate.TryAccept(frame, infer, fault, out var flags, out var request);
        if (request is null)
        {
            owner.Refuse(frame.Id, status, flags | FrameFlags.NotBegun, frame.FrameByteSize);
        }

        return request;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<InferenceStatus> TakeAsync(FrameHead frame, InferHead infer, BinaryRequest request, RequestDeadline deadline)
    {
        var begin = reader.Position;
        var inference = request.Inference;
        if (!await reader.FillAsync(TensorTable.GetPrefaceByteSize(frame, infer.TableByteSize)).ConfigureAwait(false))
        {
            return Cut;
        }

        var status = Declare(frame, infer, request); // 2
        if (!status.IsOk)
        {
            return status;
        }

        // Rows among those of others are taken when all is there to fill them.
        if (inference.Joins && frame.FrameByteSize <= FrameReader.LargestWhole && !await reader.FillAsync(frame.FrameByteSize).ConfigureAwait(false))
        {
            return Cut;
        }

        inference.FillsAtOnce = reader.Buffered.Length >= frame.FrameByteSize;
        status = await memoryWait.ReserveAsync(inference, deadline).ConfigureAwait(false); // 3
        for (var i = 0; status.IsOk && i < request.Places.Length; i++)
        {
            var place = request.Places[i];
            status = await reader.SkipToAsync(begin + place.Offset).ConfigureAwait(false) ? await FillAsync(request, place, deadline).ConfigureAwait(false) : Cut; // 4
        }

        return status;
    }

    private InferenceStatus Declare(in FrameHead frame, in InferHead infer, BinaryRequest request)
    {
        using var preface = new ContiguousBytes(reader.Buffered, TensorTable.GetPrefaceByteSize(frame, infer.TableByteSize));
        return TensorDeclaration.Declare(preface.Span, frame, infer, request);
    }

    /// <summary>Moves the data of an input into its memory: the one copy that its bytes pay.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<InferenceStatus> FillAsync(BinaryRequest request, InputPlace place, RequestDeadline deadline)
    {
        for (var filled = 0; filled < place.ByteSize;)
        {
            if (reader.Buffered.IsEmpty && !await reader.FillAsync(1).ConfigureAwait(false))
            {
                return Cut;
            }

            if (deadline.HasPassed)
            {
                return RequestDeadline.CreateStatus(request.Inference);
            }

            var part = reader.Buffered.Slice(0, Math.Min(reader.Buffered.Length, place.ByteSize - filled));
            part.CopyTo(request.Inference.GetInput(place.Input).Bytes[filled..]);
            filled += (int)part.Length;
            reader.Consume(part.Length);
        }

        return InferenceStatus.Ok;
    }

    private void Run(BinaryRequest request, RequestDeadline deadline)
    {
        var inference = request.Inference;
        if (deadline.IsSet)
        {
            var remaining = deadline.Remaining;
            if (remaining <= TimeSpan.Zero)
            {
                request.Fail(RequestDeadline.CreateStatus(inference), FrameFlags.NotBegun);
                return;
            }

            inference.SetTimeout(remaining);
        }

        inference.MarkReceived();

        // What waits behind it on this connection would wait for it as well.
        inference.MayRunInline = reader.Buffered.IsEmpty;
        request.Run();
    }

    // Nobody reads it, since the connection has ended: it stands for the half frame.
    private static InferenceStatus Cut => new(StatusCode.Cancelled, "The connection ended within the request.");
}
