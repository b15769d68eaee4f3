using Camshaft.Backends;
using Camshaft.Testing;
using Camshaft.Transport.Wire.Tests.Support;
using CsCheck;

namespace Camshaft.Transport.Wire.Tests;

/// <summary>What holds of every frame.</summary>
public sealed class PropertyTests
{
    private static readonly Gen<TensorEntry> Tensors =
        from index in Gen.Int[0, ushort.MaxValue]
        from dataType in Gen.Int[1, 14]
        from shape in Gen.Long[0, long.MaxValue].Array[0, Shape.MaxRank]
        from byteSize in Gen.Int[0, 300]
        from region in Gen.UInt
        from offset in Gen.Long[0, long.MaxValue]
        from isInFrame in Gen.Bool
        select isInFrame
            ? new TensorEntry { Index = index, DataType = (DataType)dataType, Shape = new Shape(shape), ByteSize = byteSize }
            : new TensorEntry { Index = index, DataType = (DataType)dataType, Shape = new Shape(shape), ByteSize = byteSize, Place = TensorPlace.Region, Region = region, Offset = offset };

    private static readonly Gen<FrameImage> Infers =
        from id in Gen.ULong[1, ulong.MaxValue]
        from credit in Gen.Long[0, long.MaxValue]
        from handle in Gen.UInt
        from priority in Gen.UInt
        from timeout in Gen.Long[0, long.MaxValue]
        from tensors in Tensors.Array[0, 12]
        from state in Gen.Char['a', 'z'].Array[0, 100]
        from hasState in Gen.Bool
        select new FrameImage(FrameKind.Infer, id)
        {
            Credit = credit,
            Own = new InferHead(handle, tensors.Length, 0, 0, priority, timeout),
            Fields = hasState ? [new FieldImage(FieldNumber.TraceState, [.. state.Select(static letter => (byte)letter)])] : [],
            Tensors = tensors,
            Data = [.. tensors.Where(static tensor => tensor is { Place: TensorPlace.Frame, ByteSize: > 0 }).Select(static tensor => Enumerable.Repeat((byte)0xaa, (int)tensor.ByteSize).ToArray())],
        };

    [Fact]
    public void What_was_written_is_read_again() => Infers.Sample(static image =>
    {
        var bytes = image.Write();

        Assert.Equal(WireFault.None, FrameParser.TryRead(bytes, out var read));
        Assert.Equal(bytes, read!.Write());
        Assert.Equal(image.Tensors, read.Tensors);
        Assert.Equal(image.Data, read.Data);
    });

    [Fact]
    public void Every_tensor_of_a_frame_lies_aligned_behind_the_one_before() => Gen.Select(Gen.Long[64, 1 << 16].Select(static size => size & -8), Gen.Long[0, 1000].Array[0, 20]).Sample(static (preface, sizes) =>
    {
        var layout = new DataLayout(preface);
        var end = preface;
        foreach (var byteSize in sizes.Where(static size => size > 0))
        {
            var begin = layout.Place(byteSize);
            Assert.InRange(begin, end, end + WireFormat.DataAlignment - 1);
            Assert.Equal(0, begin % WireFormat.DataAlignment);
            end = begin + byteSize;
        }

        Assert.InRange(layout.FrameByteSize, end, end + WireFormat.Alignment - 1);
        Assert.Equal(0, layout.FrameByteSize % WireFormat.Alignment);
    });

    [Fact]
    public void Reading_and_writing_take_no_managed_memory()
    {
        var frame = GoldenFrames.ReadFile("infer-fields");
        var written = new byte[frame.Length];

        AllocationAssert.NoneWhenWarm(() =>
        {
            FrameHead.TryRead(frame, out var head);
            InferHead.TryRead(frame, head, out var infer);
            var fields = new FieldReader(frame.AsSpan(WireFormat.HeadByteSize, head.FieldsByteSize));
            while (fields.TryRead())
            {
            }

            head.Write(written);
            infer.Write(written);
            var table = written.AsSpan(WireFormat.HeadByteSize + head.FieldsByteSize);
            var tensors = new TensorTableReader(frame, head, infer);
            while (tensors.TryRead(out var tensor, out _))
            {
                tensor.Write(ref table);
            }
        });
        Assert.Equal(frame.AsSpan(WireFormat.HeadByteSize + 112, 80), written.AsSpan(WireFormat.HeadByteSize + 112, 80));
    }
}
