using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Transport.Http.Infer;
using CsCheck;

namespace Camshaft.Transport.Http.Tests.Infer;

public sealed class JsonTensorWriterTests
{
    [Fact]
    public void Every_datatype_writes_its_whole_range()
    {
        Assert.Equal("[true,false]", Write<byte>(DataType.Bool, [1, 0]));
        Assert.Equal("[0,255]", Write<byte>(DataType.UInt8, [0, 255]));
        Assert.Equal("[-128]", Write<sbyte>(DataType.Int8, [-128]));
        Assert.Equal("[65535]", Write<ushort>(DataType.UInt16, [65535]));
        Assert.Equal("[-32768]", Write<short>(DataType.Int16, [-32768]));
        Assert.Equal("[4294967295]", Write<uint>(DataType.UInt32, [uint.MaxValue]));
        Assert.Equal("[-2147483648]", Write<int>(DataType.Int32, [int.MinValue]));
        Assert.Equal("[18446744073709551615]", Write<ulong>(DataType.UInt64, [ulong.MaxValue]));
        Assert.Equal("[-9223372036854775808]", Write<long>(DataType.Int64, [long.MinValue]));
        Assert.Equal("[0.1,1]", Write<float>(DataType.Float32, [0.1f, 1f]));
        Assert.Equal("[0.1]", Write<double>(DataType.Float64, [0.1]));
    }

    [Fact]
    public void What_is_no_number_is_written_as_Triton_does()
    {
        Assert.Equal("[NaN,Infinity,-Infinity]", Write<float>(DataType.Float32, [float.NaN, float.PositiveInfinity, float.NegativeInfinity]));
        Assert.Equal("[1,NaN,2]", Write<double>(DataType.Float64, [1, double.NaN, 2]));
    }

    [Fact]
    public void Floats_read_back_as_the_same_numbers() =>
        Gen.Float.Where(float.IsFinite).Array[1, 20].Sample(values =>
            Assert.Equal(values, JsonSerializer.Deserialize<float[]>(Write(DataType.Float32, values))));

    [Fact]
    public void Text_is_escaped_where_JSON_needs_it_and_nowhere_else() =>
        Assert.Equal("""["a\"b","é","\u0001"]""", Write(DataType.Bytes, Elements("a\"b"u8.ToArray(), "é"u8.ToArray(), [1])));

    [Fact]
    public void Bytes_that_are_no_text_cannot_be_written() =>
        Assert.False(With(DataType.Bytes, Elements([0xFF]), static (in tensor) => JsonTensorWriter.CanWrite(tensor)));

    [Fact]
    public void Pieces_add_up_to_the_whole()
    {
        var values = Enumerable.Range(0, 100).ToArray();
        Assert.Equal(Write(DataType.Int32, values), Write(DataType.Int32, values, elementsPerPiece: 7));
        var text = Elements([.. values.Select(static value => Encoding.UTF8.GetBytes($"{value}"))]);
        Assert.Equal(Write(DataType.Bytes, text), Write(DataType.Bytes, text, elementsPerPiece: 7));
    }

    private delegate TResult TensorFunc<TResult>(in TensorView tensor);

    private static byte[] Elements(params byte[][] elements)
    {
        var tensor = new byte[elements.Sum(static element => element.Length + 4)];
        Span<byte> rest = tensor;
        foreach (var element in elements)
        {
            BytesTensor.WriteElement(ref rest, element);
        }

        return tensor;
    }

    private static string Write<T>(DataType dataType, T[] values, int elementsPerPiece = int.MaxValue / 8)
        where T : unmanaged =>
        With(dataType, values, (in tensor) =>
        {
            var buffer = new ArrayBufferWriter<byte>();
            using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            writer.WriteStartArray();
            for (var offset = 0; offset < tensor.ByteSize;)
            {
                offset = JsonTensorWriter.Write(writer, tensor, offset, elementsPerPiece);
            }

            writer.WriteEndArray();
            writer.Flush();
            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        });

    private static TResult With<T, TResult>(DataType dataType, T[] values, TensorFunc<TResult> use)
        where T : unmanaged
    {
        var handle = GCHandle.Alloc(values, GCHandleType.Pinned);
        try
        {
            return use(new TensorView(dataType, [values.Length], MemoryKind.Host, handle.AddrOfPinnedObject(), MemoryMarshal.AsBytes(values.AsSpan()).Length));
        }
        finally
        {
            handle.Free();
        }
    }
}
