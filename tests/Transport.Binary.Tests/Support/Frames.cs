using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>The frames that a client sends.</summary>
internal static class Frames
{
    public static FrameImage Hello(string? key = null, long window = WireFormat.UnboundedCredit, long longestResult = 1 << 30, WireFeatures features = WireFeatures.None) => new(FrameKind.Hello, 0)
    {
        Credit = window,
        Own = new HelloHead(1, 1, 0, features, longestResult, 0, 0),
        Fields = key is null ? [] : [new FieldImage(FieldNumber.ApiKey, Encoding.UTF8.GetBytes(key))],
    };

    public static FrameImage Open(ulong id, string name, long version = OpenHead.HighestReady) => new(FrameKind.Open, id) { Own = new OpenHead(version, 0), Text = name };

    /// <summary>An infer of the models with one input, a vector of bytes or floats.</summary>
    public static FrameImage Infer<T>(ulong id, uint handle, T[] values, long timeoutMicroseconds = 0)
        where T : unmanaged => Infer(id, handle, timeoutMicroseconds, Vector(0, values));

    public static FrameImage Infer(ulong id, uint handle, long timeoutMicroseconds, params (TensorEntry Entry, byte[] Data)[] inputs) => new(FrameKind.Infer, id)
    {
        Own = new InferHead(handle, inputs.Length, 0, 0, 0, timeoutMicroseconds),
        Tensors = [.. inputs.Select(static input => input.Entry)],
        Data = [.. inputs.Select(static input => input.Data).Where(static data => data.Length > 0)],
    };

    public static (TensorEntry Entry, byte[] Data) Vector<T>(int index, T[] values)
        where T : unmanaged => Tensor(index, values, values.Length);

    public static (TensorEntry Entry, byte[] Data) Tensor<T>(int index, T[] values, params long[] shape)
        where T : unmanaged
    {
        var data = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        return (new TensorEntry { Index = index, DataType = DataTypeOf<T>(), Shape = new Shape(shape), ByteSize = data.Length }, data);
    }

    public static (TensorEntry Entry, byte[] Data) Texts(int index, string[] texts, params long[] shape)
    {
        byte[] data = [.. texts.Select(Encoding.UTF8.GetBytes).SelectMany(static text => BitConverter.GetBytes(text.Length).Concat(text))];
        return (new TensorEntry { Index = index, DataType = DataType.Bytes, Shape = new Shape(shape), ByteSize = data.Length }, data);
    }

    public static FrameImage Close(ulong id, uint handle) => new(FrameKind.Close, id) { Own = new TargetHead(handle) };

    public static FrameImage Cancel(ulong id) => new(FrameKind.Cancel, id);

    public static FrameImage GoAway() => new(FrameKind.GoAway, 0) { Own = new StatusHead(StatusCode.Ok, 0, 0) };

    public static FrameImage Ping(ulong id) => new(FrameKind.Ping, id);

    private static DataType DataTypeOf<T>() => typeof(T) == typeof(byte) ? DataType.UInt8
        : typeof(T) == typeof(float) ? DataType.Float32
        : typeof(T) == typeof(int) ? DataType.Int32
        : typeof(T) == typeof(short) ? DataType.Int16
        : throw new NotSupportedException(typeof(T).Name);
}
