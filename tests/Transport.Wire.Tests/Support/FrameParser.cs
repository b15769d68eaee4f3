using System.Text;
using Camshaft.Backends;

namespace Camshaft.Transport.Wire.Tests.Support;

/// <summary>Takes a whole frame apart with all the readers there are, as a receiver of both sides would.</summary>
internal static class FrameParser
{
    public static WireFault TryRead(ReadOnlySpan<byte> bytes, out FrameImage? image)
    {
        image = null;
        var fault = FrameHead.TryRead(bytes, out var head);
        if (fault != WireFault.None)
        {
            return fault;
        }

        if (bytes.Length < head.FrameByteSize)
        {
            return WireFault.Incomplete;
        }

        var frame = bytes[..(int)head.FrameByteSize];
        image = new FrameImage(head.Kind, head.Id) { Flags = head.Flags, Credit = head.Credit };
        fault = TryReadFields(frame, head, ref image);
        return fault == WireFault.None ? TryReadOwn(frame, head, ref image) : fault;
    }

    private static WireFault TryReadFields(ReadOnlySpan<byte> frame, in FrameHead head, ref FrameImage image)
    {
        if (!head.IsKnown)
        {
            return WireFault.None;
        }

        var fields = new List<FieldImage>();
        var reader = new FieldReader(frame.Slice(WireFormat.HeadByteSize, head.FieldsByteSize));
        while (reader.TryRead())
        {
            fields.Add(new FieldImage(reader.Number, reader.Value.ToArray(), reader.IsRequired));
        }

        image = image with { Fields = fields };
        return reader.Fault;
    }

    private static WireFault TryReadOwn(ReadOnlySpan<byte> frame, in FrameHead head, ref FrameImage image)
    {
        WireFault fault;
        switch (head.Kind)
        {
            case FrameKind.Hello:
                fault = HelloHead.TryRead(frame, out var hello);
                image = image with { Own = hello };
                return fault;
            case FrameKind.Open:
                fault = OpenHead.TryRead(frame, head, out var open);
                image = image with { Own = open };
                return TryReadText(fault, frame, head, open.NameByteSize, ref image);
            case FrameKind.Opened:
                fault = OpenedHead.TryRead(frame, out var opened);
                image = image with { Own = opened };
                return fault == WireFault.None ? TryReadSignature(frame, head, opened, ref image) : fault;
            case FrameKind.Close or FrameKind.Unregister:
                fault = TargetHead.TryRead(frame, out var target);
                image = image with { Own = target };
                return fault;
            case FrameKind.Infer:
                fault = InferHead.TryRead(frame, head, out var infer);
                image = image with { Own = infer };
                return fault == WireFault.None ? TryReadTensors(new TensorTableReader(frame, head, infer), frame, ref image) : fault;
            case FrameKind.Result or FrameKind.Part:
                fault = ResultHead.TryRead(frame, head, out var result);
                image = image with { Own = result };
                return fault == WireFault.None ? TryReadTensors(new TensorTableReader(frame, head, result), frame, ref image) : fault;
            case FrameKind.Error or FrameKind.GoAway:
                fault = StatusHead.TryRead(frame, head, out var status);
                image = image with { Own = status };
                return TryReadText(fault, frame, head, status.MessageByteSize, ref image);
            case FrameKind.Register:
                fault = RegisterHead.TryRead(frame, head, out var register);
                image = image with { Own = register };
                if (fault == WireFault.None && register.Kind == RegionKind.Cuda)
                {
                    image = image with { Handle = RegisterHead.GetHandle(frame, head).ToArray() };
                    return WireFault.None;
                }

                return TryReadText(fault, frame, head, register.NameByteSize, ref image);
            default:
                return WireFault.None;
        }
    }

    private static WireFault TryReadText(WireFault fault, ReadOnlySpan<byte> frame, in FrameHead head, int byteSize, ref FrameImage image)
    {
        if (fault != WireFault.None)
        {
            return fault;
        }

        fault = TextBlock.TryRead(frame, head, byteSize, out var text);
        image = image with { Text = Encoding.UTF8.GetString(text) };
        return fault;
    }

    private static WireFault TryReadSignature(ReadOnlySpan<byte> frame, in FrameHead head, in OpenedHead opened, ref FrameImage image)
    {
        var tensors = new List<TensorSpec>();
        var rest = frame[(WireFormat.HeadByteSize + head.FieldsByteSize)..];
        for (var i = 0; i < opened.InputCount + opened.OutputCount; i++)
        {
            var fault = SignatureEntry.TryRead(ref rest, out var tensor);
            if (fault != WireFault.None)
            {
                return fault;
            }

            tensors.Add(tensor!);
        }

        image = image with { Signature = tensors };
        return rest.IsEmpty ? WireFault.None : WireFault.Table;
    }

    private static WireFault TryReadTensors(TensorTableReader reader, ReadOnlySpan<byte> frame, ref FrameImage image)
    {
        var tensors = new List<TensorEntry>();
        var places = new List<(long Offset, long ByteSize)>();
        while (reader.TryRead(out var tensor, out var offset))
        {
            tensors.Add(tensor);
            if (tensor is { Place: TensorPlace.Frame, ByteSize: > 0 })
            {
                places.Add((offset, tensor.ByteSize));
            }
        }

        if (reader.Fault != WireFault.None)
        {
            return reader.Fault;
        }

        var data = new List<byte[]>();
        foreach (var (offset, byteSize) in places)
        {
            data.Add(frame.Slice((int)offset, (int)byteSize).ToArray());
        }

        image = image with { Tensors = tensors, Data = data };
        return WireFault.None;
    }
}
