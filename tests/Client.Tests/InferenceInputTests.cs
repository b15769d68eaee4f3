using System.Buffers;
using System.Runtime.InteropServices;
using Camshaft.Backends;

namespace Camshaft.Client.Tests;

/// <summary>Inputs say what is wrong with them before anything is sent.</summary>
public sealed class InferenceInputTests
{
    [Fact]
    public void Slices_of_arrays_and_foreign_memory_are_read_where_they_lie()
    {
        using var owner = new NativeInts([5, 6, 7]);
        int[] array = [1, 2, 3];

        Assert.Equal(MemoryMarshal.AsBytes<int>([2, 3]), InferenceInput.Create<int>("x", array.AsMemory(1)).Bytes);
        Assert.Equal(MemoryMarshal.AsBytes<int>([6, 7]), InferenceInput.Create<int>("x", owner.Memory[1..]).Bytes);
        Assert.Equal(new Shape(2), InferenceInput.Create<int>("x", owner.Memory[1..]).Shape);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        Assert.Contains("has 3 elements; shape [2,2] has another number", Assert.Throws<ArgumentException>(() => InferenceInput.Create("x", new float[3], 2, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("has 6 bytes; FP32 of shape [1] has another number", Assert.Throws<ArgumentException>(() => InferenceInput.CreateRaw("x", DataType.Float32, new byte[6], 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => InferenceInput.CreateTexts("x", ["a"], 2));
        Assert.Throws<ArgumentException>(() => InferenceInput.Create("x", new char[1]));
    }

    [Fact]
    public void Texts_are_encoded_as_BYTES() =>
        Assert.Equal([1, 0, 0, 0, 97, 2, 0, 0, 0, 0xc3, 0xb6], InferenceInput.CreateTexts("x", ["a", "ö"]).Bytes.ToArray());

    private sealed class NativeInts(int[] values) : MemoryManager<int>
    {
        public override Span<int> GetSpan() => values;

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
