using Camshaft.Backends;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.CudaSharedMemory.Tests.Support;

/// <summary>The frames by which a client shares a GPU's memory and uses it.</summary>
internal static class RegionFrames
{
    public static FrameImage Register(ulong id, uint region, byte[] handle, long byteSize, long offset = 0, uint ordinal = 0) =>
        new(FrameKind.Register, id) { Own = new RegisterHead(region, RegionKind.Cuda, offset, byteSize, 0) { Ordinal = ordinal }, Handle = handle };

    public static FrameImage Unregister(ulong id, uint region) => new(FrameKind.Unregister, id) { Own = new TargetHead(region) };

    /// <summary>An infer of <c>vector_add</c>: the region has A, B and C one behind the other, each of <paramref name="count"/> FP32 and in 256 bytes.</summary>
    public static FrameImage Add(ulong id, uint handle, uint region, int count) => new(FrameKind.Infer, id)
    {
        Own = new InferHead(handle, 2, 1, 0, 0, 0),
        Tensors = [Input(0, region, 0, count), Input(1, region, 256, count), Output(0, region, 512, count * sizeof(float))],
    };

    /// <summary>The same whose output comes in the result.</summary>
    public static FrameImage AddToFrame(ulong id, uint handle, uint region, int count) =>
        new(FrameKind.Infer, id) { Own = new InferHead(handle, 2, 0, 0, 0, 0), Tensors = [Input(0, region, 0, count), Input(1, region, 256, count)] };

    /// <summary>An infer of <c>on_processors</c>, whose output comes in the result.</summary>
    public static FrameImage Identity(ulong id, uint handle, uint region, int count) =>
        new(FrameKind.Infer, id) { Own = new InferHead(handle, 1, 0, 0, 0, 0), Tensors = [Input(0, region, 0, count)] };

    /// <summary>An FP32 input in a region.</summary>
    public static TensorEntry Input(int index, uint region, long offset, params long[] shape) => new()
    {
        Index = index,
        DataType = DataType.Float32,
        Shape = new Shape(shape),
        Place = TensorPlace.Region,
        ByteSize = shape.Aggregate((long)sizeof(float), static (byteSize, length) => byteSize * length),
        Region = region,
        Offset = offset,
    };

    public static TensorEntry Output(int index, uint region, long offset, long room) =>
        new() { Index = index, Place = TensorPlace.Region, ByteSize = room, Region = region, Offset = offset };
}
