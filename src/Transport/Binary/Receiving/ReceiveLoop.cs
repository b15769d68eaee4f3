using System.Net;
using Camshaft.Backends;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Regions;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Binary.Sending;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>
/// Reads the frames of one connection one after the other and hands each to the one who knows its kind. A frame that cannot
/// be answered ends the loop with a <see cref="GoAwayException"/>.
/// </summary>
internal sealed class ReceiveLoop(
    BinaryServices services,
    IPAddress? address,
    SharedMemoryOffer offer,
    ConnectionWatch watch,
    FrameReader reader,
    InferReceiver infers,
    InferGate gate,
    ModelOpener opener,
    RegionReceiver regions,
    HandleTable handles,
    RequestOwner owner,
    SendQueue sender,
    FrameWriter writer)
{
    private bool _hasHello;
    private long _skipTo;

    /// <summary>Whether the client has said that it asks for nothing more.</summary>
    public bool HasGoodbye { get; private set; }

    /// <summary>Called when it does.</summary>
    public required Action Goodbye { get; init; }

    /// <summary>Reads until the client has nothing more to say, or the connection is to end. The only place that waits.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await sender.WhenRoomAsync().ConfigureAwait(false);
                var needed = infers.IsAmidFrame ? infers.Continue() : Receive();
                if (needed == InferReceiver.NeedsMemory)
                {
                    var reserving = infers.ReserveAsync();
                    if (!reserving.IsCompleted)
                    {
                        sender.Go();
                    }

                    infers.OnMemory(await reserving.ConfigureAwait(false));
                }

                while (reader.Buffered.Length < needed)
                {
                    if (reader.HasEnded)
                    {
                        return;
                    }

                    sender.Go();
                    reader.EndRead(await reader.BeginReadAsync(isAmidFrame: infers.IsAmidFrame || _skipTo > reader.Position).ConfigureAwait(false));
                    sender.Hold();
                }
            }
        }
        finally
        {
            infers.Abandon();
            sender.Go();
        }
    }

    /// <summary>Takes the next frame, or its begin.</summary>
    /// <returns>How many bytes have to be there to go further; 0 = go on.</returns>
    private long Receive()
    {
        if (!reader.TrySkipTo(Math.Max(_skipTo, reader.Position)) || reader.Buffered.IsEmpty)
        {
            return 1;
        }

        if (!TryReadHead(out var frame))
        {
            return WireFormat.HeadByteSize;
        }

        if (!_hasHello && frame.Kind != FrameKind.Hello)
        {
            throw new GoAwayException($"The first frame has the kind {(int)frame.Kind} ({frame.Kind}); expected a hello.");
        }

        var isControl = frame.IsKnown && frame.Kind != FrameKind.Infer;
        if (isControl && reader.Buffered.Length < frame.FrameByteSize)
        {
            return frame.FrameByteSize;
        }

        watch.OnFrame();
        if (frame.Credit > 0)
        {
            sender.AddCredit(frame.Credit);
        }

        if (frame.Kind == FrameKind.Infer)
        {
            infers.Begin(frame);
            return 0;
        }

        if (isControl)
        {
            Receive(frame);
        }
        else if ((frame.Flags & FrameFlags.MayBeIgnored) == 0)
        {
            throw new GoAwayException(new InferenceStatus(StatusCode.Unsupported, $"Frames of kind {(int)frame.Kind} are not known to this server."));
        }

        _skipTo = reader.Position + frame.FrameByteSize;
        return 0;
    }

    private bool TryReadHead(out FrameHead frame)
    {
        using var head = new ContiguousBytes(reader.Buffered, (int)Math.Min(reader.Buffered.Length, WireFormat.HeadByteSize));
        var fault = FrameHead.TryRead(head.Span, out frame);
        return fault switch
        {
            WireFault.None => true,
            WireFault.Incomplete => false,
            _ => throw new GoAwayException($"The connection brought what is no frame: {fault.Describe()}."),
        };
    }

    private void Receive(in FrameHead frame)
    {
        using var bytes = new ContiguousBytes(reader.Buffered, (int)frame.FrameByteSize);
        switch (frame.Kind)
        {
            case FrameKind.Hello when !_hasHello:
                (gate.Caller, writer.LongestResult, regions.Features) = HelloReceiver.Receive(services, address, offer, frame, bytes.Span, sender);
                _hasHello = true;
                watch.OnHello();
                return;
            case FrameKind.Open when CheckRequest(frame, bytes.Span):
                opener.Open(frame, bytes.Span);
                return;
            case FrameKind.Close when CheckRequest(frame, bytes.Span):
                Close(frame, bytes.Span);
                return;
            case FrameKind.Register:
                Register(frame, bytes.Span);
                return;
            case FrameKind.Unregister when CheckRequest(frame, bytes.Span):
                regions.Unregister(frame, bytes.Span);
                return;
            case FrameKind.Cancel:
                CheckFields(frame, bytes.Span);
                owner.InFlight.Cancel(frame.Id);
                return;
            case FrameKind.Ping:
                CheckFields(frame, bytes.Span);
                sender.Send(ControlFrames.Pong(frame.Id));
                return;
            case FrameKind.Pong or FrameKind.Credit:
                CheckFields(frame, bytes.Span);
                return;
            case FrameKind.GoAway when !HasGoodbye:
                CheckFields(frame, bytes.Span);
                HasGoodbye = true;
                gate.Close("The client has said that it asks for nothing more.");
                Goodbye();
                return;
            case FrameKind.Open or FrameKind.Close or FrameKind.Unregister:
                return;
            default:
                throw new GoAwayException($"A frame of kind {(int)frame.Kind} ({frame.Kind}) came from the client; it is the server's, or comes once.");
        }
    }

    private void Close(in FrameHead frame, ReadOnlySpan<byte> bytes)
    {
        var fault = TargetHead.TryRead(bytes, out var target);
        if (fault != WireFault.None)
        {
            owner.Refuse(frame.Id, new InferenceStatus(StatusCode.InvalidArgument, $"The close is wrong: {fault.Describe()}."), FrameFlags.NotBegun, charge: 0);
        }
        else if (handles.TryRemove(target.Target))
        {
            owner.Answer(frame.Id, ControlFrames.Done(frame.Id));
        }
        else
        {
            owner.Refuse(frame.Id, new InferenceStatus(StatusCode.NotFound, $"There is no handle {target.Target} on this connection."), FrameFlags.NotBegun, charge: 0);
        }
    }

    private void Register(in FrameHead frame, ReadOnlySpan<byte> bytes)
    {
        using var descriptor = regions.TakeDescriptor(frame, bytes);
        if (CheckRequest(frame, bytes))
        {
            regions.Register(frame, bytes, descriptor);
        }
    }

    /// <summary>Whether a request that is no infer is right as far as its fields say; one that is not has been refused.</summary>
    private bool CheckRequest(in FrameHead frame, ReadOnlySpan<byte> bytes)
    {
        gate.ThrowIfInFlight(frame.Id);
        var fault = ReadFields(frame, bytes);
        if (fault == WireFault.None)
        {
            return true;
        }

        owner.Refuse(frame.Id, new InferenceStatus(ToCode(fault), $"A request is wrong: {fault.Describe()}."), FrameFlags.NotBegun, charge: 0);
        return false;
    }

    private static void CheckFields(in FrameHead frame, ReadOnlySpan<byte> bytes)
    {
        var fault = ReadFields(frame, bytes);
        if (fault != WireFault.None)
        {
            throw new GoAwayException(new InferenceStatus(ToCode(fault), $"A frame of kind {(int)frame.Kind} ({frame.Kind}): {fault.Describe()}."));
        }
    }

    private static WireFault ReadFields(in FrameHead frame, ReadOnlySpan<byte> bytes)
    {
        var fields = new FieldReader(bytes.Slice(WireFormat.HeadByteSize, frame.FieldsByteSize));
        while (fields.TryRead())
        {
        }

        return fields.Fault;
    }

    private static StatusCode ToCode(WireFault fault) => fault == WireFault.UnknownField ? StatusCode.Unsupported : StatusCode.InvalidArgument;
}
