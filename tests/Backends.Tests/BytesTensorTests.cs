using CsCheck;

namespace Camshaft.Backends.Tests;

public sealed class BytesTensorTests
{
    [Fact]
    public void What_was_written_is_read() => Gen.Byte.Array[0, 20].Array[0, 10].Sample(static elements =>
    {
        var tensor = Write(elements);
        Assert.True(BytesTensor.TryCountElements(tensor, out var count));
        Assert.Equal(elements.Length, count);
        ReadOnlySpan<byte> rest = tensor;
        foreach (var expected in elements)
        {
            Assert.True(BytesTensor.TryReadElement(ref rest, out var element));
            Assert.Equal(expected, element.ToArray());
        }
    });

    [Fact]
    public void A_tensor_cut_inside_an_element_is_not_whole() => Gen.Byte.Array[1, 20].Array[1, 5].Sample(static elements =>
    {
        var tensor = Write(elements);
        var last = elements[^1].Length + BytesTensor.PrefixByteSize;
        for (var cut = 1; cut < last; cut++)
        {
            Assert.False(BytesTensor.TryCountElements(tensor.AsSpan(0, tensor.Length - cut), out _));
        }
    });

    [Fact]
    public void A_length_of_four_gigabytes_reaches_past_the_end() => Assert.False(BytesTensor.TryCountElements([255, 255, 255, 255, 1], out _));

    [Fact]
    public void An_element_that_does_not_fit_is_refused() => Assert.Throws<ArgumentException>(() =>
    {
        Span<byte> destination = new byte[6];
        BytesTensor.WriteElement(ref destination, [1, 2, 3]);
    });

    private static byte[] Write(byte[][] elements)
    {
        var tensor = new byte[elements.Sum(static element => element.Length + BytesTensor.PrefixByteSize)];
        Span<byte> rest = tensor;
        foreach (var element in elements)
        {
            BytesTensor.WriteElement(ref rest, element);
        }

        return tensor;
    }
}
