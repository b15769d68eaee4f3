using Camshaft.Backends;
using Camshaft.Transport.Wire;

namespace Camshaft.BinaryBenchmark.Load;

/// <summary>The frames of the binary protocol that a load needs, each made once. See docs/protocol.md.</summary>
internal static class RequestFrames
{
    /// <summary>Where a frame has its id.</summary>
    public const int IdOffset = 16;

    public static byte[] Hello()
    {
        var frame = new byte[WireFormat.HeadByteSize];
        new FrameHead(FrameKind.Hello, FrameFlags.None, 0, 0, 0, WireFormat.UnboundedCredit).Write(frame);
        new HelloHead(WireFormat.Version, WireFormat.Version, 0, WireFeatures.None, 1 << 30, 0, 0).Write(frame);
        return frame;
    }

    public static byte[] Open(string model)
    {
        var name = System.Text.Encoding.UTF8.GetByteCount(model);
        var frame = new byte[WireFormat.HeadByteSize + TextBlock.GetByteSize(name)];
        new FrameHead(FrameKind.Open, 1, frame.Length - WireFormat.HeadByteSize).Write(frame);
        new OpenHead(OpenHead.HighestReady, name).Write(frame);
        TextBlock.Write(frame.AsSpan(WireFormat.HeadByteSize), model);
        return frame;
    }

    /// <summary>An infer with one input.</summary>
    public static byte[] Infer(uint handle, DataType dataType, Shape shape, int byteSize)
    {
        var entry = new TensorEntry { Index = 0, DataType = dataType, Shape = shape, ByteSize = byteSize };
        var layout = new DataLayout(WireFormat.HeadByteSize + entry.EntryByteSize);
        var offset = (int)layout.Place(byteSize);
        var frame = new byte[layout.FrameByteSize];
        new FrameHead(FrameKind.Infer, 0, frame.Length - WireFormat.HeadByteSize).Write(frame);
        new InferHead(handle, 1, 0, entry.EntryByteSize, 0, 0).Write(frame);
        var table = frame.AsSpan(WireFormat.HeadByteSize);
        entry.Write(ref table);
        for (var i = 0; i < byteSize; i++)
        {
            frame[offset + i] = (byte)(dataType == DataType.UInt8 ? i * 7 : 0);
        }

        return frame;
    }
}
