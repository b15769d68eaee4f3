using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends;
using Camshaft.Transport.Http.Infer;

namespace Camshaft.Transport.Http.Tests.Infer;

public sealed class TensorDataReaderTests
{
    [Fact]
    public void Every_datatype_reads_its_whole_range()
    {
        Assert.Equal([1, 0], Read<byte>(DataType.Bool, "[true,false]", 2));
        Assert.Equal([0, 255], Read<byte>(DataType.UInt8, "[0,255]", 2));
        Assert.Equal([ushort.MaxValue], Read<ushort>(DataType.UInt16, "[65535]", 1));
        Assert.Equal([uint.MaxValue], Read<uint>(DataType.UInt32, "[4294967295]", 1));
        Assert.Equal([ulong.MaxValue], Read<ulong>(DataType.UInt64, "[18446744073709551615]", 1));
        Assert.Equal([sbyte.MinValue, 127], Read<sbyte>(DataType.Int8, "[-128,127]", 2));
        Assert.Equal([short.MinValue], Read<short>(DataType.Int16, "[-32768]", 1));
        Assert.Equal([int.MinValue], Read<int>(DataType.Int32, "[-2147483648]", 1));
        Assert.Equal([long.MinValue], Read<long>(DataType.Int64, "[-9223372036854775808]", 1));
        Assert.Equal([0.1f, -1e-30f, 3f], Read<float>(DataType.Float32, "[0.1,-1e-30,3]", 3));
        Assert.Equal([1e300], Read<double>(DataType.Float64, "[1E300]", 1));
    }

    [Theory]
    [InlineData(DataType.UInt8, "256")]
    [InlineData(DataType.UInt8, "-1")]
    [InlineData(DataType.Int8, "128")]
    [InlineData(DataType.Int32, "1.0")]
    [InlineData(DataType.Int32, "1e1")]
    [InlineData(DataType.Int64, "9223372036854775808")]
    [InlineData(DataType.Float32, "1e39")]
    [InlineData(DataType.Float64, "1e309")]
    [InlineData(DataType.Float32, "\"1\"")]
    [InlineData(DataType.Float32, "true")]
    [InlineData(DataType.Bool, "1")]
    public void What_is_no_value_of_the_datatype_is_refused_by_its_place(DataType dataType, string element)
    {
        var message = Assert.Throws<InvalidRequestException>(() => Read<byte>(dataType, $"[{element}]", dataType.ByteSize)).Message;

        Assert.Equal($"Input 'x': element 0 of 'data' is {element}, which is no {dataType.Name}.", message);
    }

    [Theory]
    [InlineData("[1,2,3,4]")]
    [InlineData("[[1,2],[3,4]]")]
    [InlineData("[[[1],2],[[[3]]],4]")]
    [InlineData("[[],1,2,3,4,[[]]]")]
    public void Nesting_does_not_matter(string data) => Assert.Equal([1, 2, 3, 4], Read<int>(DataType.Int32, data, 4));

    [Theory]
    [InlineData("[1,2,3]", "3")]
    [InlineData("[1,2,3,4,5]", "more than 4")]
    [InlineData("[]", "0")]
    public void The_number_of_elements_follows_from_the_shape(string data, string count) =>
        Assert.Equal(
            $"Input 'x': 'data' has {count} elements; expected 4 for shape [4].",
            Assert.Throws<InvalidRequestException>(() => Read<int>(DataType.Int32, data, 4)).Message);

    [Theory]
    [InlineData("[{}]", "an object")]
    [InlineData("[null]", "null")]
    public void Objects_and_nulls_are_no_elements(string data, string what) =>
        Assert.Equal($"Input 'x': an element of 'data' is {what}.", Assert.Throws<InvalidRequestException>(() => Read<int>(DataType.Int32, data, 1)).Message);

    [Fact]
    public void A_number_cut_between_two_blocks_is_read_whole()
    {
        const string data = "[12345,-67890]";
        for (var at = 1; at < data.Length; at++)
        {
            var memory = new int[2];
            Fill(DataType.Int32, Segments.Cut(data, at), memory, [2]);
            Assert.Equal([12345, -67890], memory);
        }
    }

    [Fact]
    public void Strings_become_elements_with_their_lengths()
    {
        const string data = """["a","","é\n",["\ud83d\ude00"]]""";
        var json = Segments.Whole(data);
        var memory = new byte[TensorDataReader.MeasureBytes(json, "x")];
        Fill(DataType.Bytes, json, memory, [4]);

        ReadOnlySpan<byte> rest = memory;
        var texts = new List<string>();
        while (BytesTensor.TryReadElement(ref rest, out var element))
        {
            texts.Add(Encoding.UTF8.GetString(element));
        }

        Assert.Equal(["a", "", "é\n", "😀"], texts);
        Assert.True(rest.IsEmpty);
    }

    [Theory]
    [InlineData("""["\u0061b"]""", "ab")]
    [InlineData("""["a\nb"]""", "a\nb")]
    [InlineData("""["\n"]""", "\n")]
    public void Room_for_just_the_text_is_enough_for_a_string_with_escapes(string data, string text)
    {
        var json = Segments.Whole(data);
        var memory = new byte[TensorDataReader.MeasureBytes(json, "x")];
        Fill(DataType.Bytes, json, memory, [1]);

        Assert.Equal(text, Encoding.UTF8.GetString(memory[BytesTensor.PrefixByteSize..]));
    }

    [Fact]
    public void A_number_is_no_string() =>
        Assert.Contains("expected a string", Assert.Throws<InvalidRequestException>(() => TensorDataReader.MeasureBytes(Segments.Whole("[1]"), "x")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(DataType.Float16, false)]
    [InlineData(DataType.BFloat16, false)]
    [InlineData(DataType.Bytes, true)]
    public void Half_floats_have_no_form_in_JSON(DataType dataType, bool canCarry) => Assert.Equal(canCarry, TensorDataReader.CanCarry(dataType));

    private static T[] Read<T>(DataType dataType, string data, int count)
        where T : unmanaged
    {
        var memory = new T[count];
        Fill(dataType, Segments.Whole(data), memory, [dataType.ByteSize == 0 ? count : MemoryMarshal.AsBytes(memory.AsSpan()).Length / dataType.ByteSize]);
        return memory;
    }

    private static void Fill<T>(DataType dataType, System.Buffers.ReadOnlySequence<byte> json, T[] memory, long[] shape)
        where T : unmanaged
    {
        var handle = GCHandle.Alloc(memory, GCHandleType.Pinned);
        try
        {
            TensorDataReader.Read(json, new TensorView(dataType, shape, MemoryKind.Host, handle.AddrOfPinnedObject(), MemoryMarshal.AsBytes(memory.AsSpan()).Length), "x");
        }
        finally
        {
            handle.Free();
        }
    }
}
