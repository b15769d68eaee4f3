using Camshaft.Backends;
using Camshaft.Transport.Wire;

namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>
/// The frames of a request with three inputs, trace context and a tag, and of its result, up to where the data begins: written into one buffer and read
/// from another. One thread.
/// </summary>
internal sealed class CodecFrames
{
    private static readonly TensorEntry[] Tensors =
    [
        new() { Index = 0, DataType = DataType.Float32, Shape = new Shape(1, 3, 224, 224), ByteSize = 602_112 },
        new() { Index = 1, DataType = DataType.Int64, Shape = new Shape(1, 128), ByteSize = 1024 },
        new() { Index = 2, DataType = DataType.Bool, ByteSize = 1 },
    ];

    private static readonly byte[] TraceParent = new byte[WireFormat.TraceParentByteSize];
    private static readonly byte[] Tag = "tenant=a"u8.ToArray();

    private readonly byte[] _destination = new byte[4096];
    private readonly byte[] _infer = new byte[4096];
    private readonly byte[] _result = new byte[4096];

    public CodecFrames()
    {
        WriteInfer(_infer);
        WriteResult(_result);
    }

    public int EncodeInfer() => WriteInfer(_destination);

    public int EncodeResult() => WriteResult(_destination);

    public int DecodeInfer()
    {
        var read = 0;
        ThrowIf(FrameHead.TryRead(_infer, out var frame));
        ThrowIf(InferHead.TryRead(_infer, frame, out var infer));
        var fields = new FieldReader(_infer.AsSpan(WireFormat.HeadByteSize, frame.FieldsByteSize));
        while (fields.TryRead())
        {
            read += fields.Value.Length;
        }

        ThrowIf(fields.Fault);
        var tensors = new TensorTableReader(_infer, frame, infer);
        while (tensors.TryRead(out var tensor, out _))
        {
            read += tensor.Shape.Rank;
        }

        ThrowIf(tensors.Fault);
        return read;
    }

    public int DecodeResult()
    {
        var read = 0;
        ThrowIf(FrameHead.TryRead(_result, out var frame));
        ThrowIf(ResultHead.TryRead(_result, frame, out var result));
        var tensors = new TensorTableReader(_result, frame, result);
        while (tensors.TryRead(out var tensor, out _))
        {
            read += tensor.Shape.Rank;
        }

        ThrowIf(tensors.Fault);
        return read;
    }

    private static int WriteInfer(byte[] destination)
    {
        var fields = new FieldWriter(destination.AsSpan(WireFormat.HeadByteSize));
        fields.Write(FieldNumber.TraceParent, TraceParent);
        fields.Write(FieldNumber.Tag, Tag);
        var table = WriteTable(destination, fields.ByteSize, out var frameByteSize);
        new FrameHead(FrameKind.Infer, FrameFlags.None, fields.ByteSize, frameByteSize - WireFormat.HeadByteSize, 7, 0).Write(destination);
        new InferHead(3, Tensors.Length, 0, table, 1, 500_000).Write(destination);
        return table;
    }

    private static int WriteResult(byte[] destination)
    {
        var table = WriteTable(destination, 0, out var frameByteSize);
        new FrameHead(FrameKind.Result, FrameFlags.None, 0, frameByteSize - WireFormat.HeadByteSize, 7, 1000).Write(destination);
        new ResultHead(0, Tensors.Length, table, 1).Write(destination);
        return table;
    }

    private static int WriteTable(byte[] destination, int fieldsByteSize, out long frameByteSize)
    {
        var rest = destination.AsSpan(WireFormat.HeadByteSize + fieldsByteSize);
        var before = rest.Length;
        foreach (ref readonly var tensor in Tensors.AsSpan())
        {
            tensor.Write(ref rest);
        }

        var byteSize = before - rest.Length;
        var layout = new DataLayout(WireFormat.HeadByteSize + fieldsByteSize + byteSize);
        foreach (ref readonly var tensor in Tensors.AsSpan())
        {
            layout.Place(tensor.ByteSize);
        }

        frameByteSize = layout.FrameByteSize;
        return byteSize;
    }

    private static void ThrowIf(WireFault fault)
    {
        if (fault != WireFault.None)
        {
            throw new InvalidOperationException($"{fault}");
        }
    }
}
