using System.Buffers.Binary;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Wire.Tests;

/// <summary>One byte or number wrong in a right frame, and what the readers say of it.</summary>
public sealed class WrongFrameTests
{
    [Theory]
    [InlineData("infer", 0, 'G', WireFault.NotAFrame)]
    [InlineData("infer", 3, 's', WireFault.NotAFrame)]
    [InlineData("infer", 5, 0x40, WireFault.Reserved)]
    [InlineData("infer", 5, 0x01, WireFault.Reserved)]
    [InlineData("error", 5, 0x04, WireFault.Reserved)]
    [InlineData("infer", 6, 4, WireFault.Length)]
    [InlineData("infer", 6, 0x50, WireFault.Length)]
    [InlineData("infer", 8, 0x49, WireFault.Length)]
    [InlineData("infer", 15, 0x80, WireFault.Length)]
    [InlineData("infer", 13, 0x02, WireFault.Length)]
    [InlineData("ping", 10, 0x01, WireFault.Length)]
    [InlineData("infer", 16, 0, WireFault.Id)]
    [InlineData("done", 16, 0, WireFault.Id)]
    [InlineData("hello-client", 16, 1, WireFault.Id)]
    [InlineData("credit", 16, 1, WireFault.Id)]
    [InlineData("go-away", 16, 1, WireFault.Id)]
    [InlineData("infer", 31, 0x80, WireFault.Number)]
    [InlineData("hello-client", 55, 0x80, WireFault.Number)]
    [InlineData("open", 32, 0xfe, WireFault.Number)]
    [InlineData("open", 40, 1, WireFault.Reserved)]
    [InlineData("open", 60, 9, WireFault.Text)]
    [InlineData("open", 63, 0x80, WireFault.Text)]
    [InlineData("open", 64, 0xff, WireFault.Text)]
    [InlineData("opened", 47, 0x80, WireFault.Number)]
    [InlineData("opened", 63, 1, WireFault.Reserved)]
    [InlineData("opened", 36, 3, WireFault.Table)]
    [InlineData("opened", 36, 1, WireFault.Table)]
    [InlineData("opened", 64, 0, WireFault.Tensor)]
    [InlineData("opened", 65, 9, WireFault.Tensor)]
    [InlineData("opened", 66, 2, WireFault.Reserved)]
    [InlineData("opened", 67, 4, WireFault.Tensor)]
    [InlineData("opened", 68, 0, WireFault.Text)]
    [InlineData("opened", 70, 1, WireFault.Reserved)]
    [InlineData("opened", 72, 0xfe, WireFault.Tensor)]
    [InlineData("close", 36, 1, WireFault.Reserved)]
    [InlineData("infer", 40, 0x19, WireFault.Length)]
    [InlineData("infer", 40, 0x50, WireFault.Length)]
    [InlineData("infer", 43, 0x80, WireFault.Length)]
    [InlineData("infer", 36, 2, WireFault.Table)]
    [InlineData("infer", 36, 0, WireFault.Table)]
    [InlineData("infer", 40, 0x20, WireFault.Table)]
    [InlineData("infer", 40, 0x10, WireFault.Table)]
    [InlineData("infer", 55, 0x80, WireFault.Number)]
    [InlineData("infer", 56, 1, WireFault.Reserved)]
    [InlineData("infer", 66, 15, WireFault.Tensor)]
    [InlineData("infer", 66, 0, WireFault.Tensor)]
    [InlineData("infer", 67, 9, WireFault.Tensor)]
    [InlineData("infer", 68, 2, WireFault.Tensor)]
    [InlineData("infer", 69, 1, WireFault.Reserved)]
    [InlineData("infer", 72, 0x10, WireFault.Data)]
    [InlineData("infer", 72, 0x00, WireFault.Data)]
    [InlineData("infer", 78, 0xff, WireFault.Data)]
    [InlineData("infer", 79, 0x80, WireFault.Number)]
    [InlineData("infer", 87, 0x80, WireFault.Tensor)]
    [InlineData("infer-region", 84, 1, WireFault.Reserved)]
    [InlineData("infer-region", 95, 0x80, WireFault.Number)]
    [InlineData("infer-region", 114, 1, WireFault.Tensor)]
    [InlineData("result", 38, 1, WireFault.Reserved)]
    [InlineData("result", 44, 1, WireFault.Reserved)]
    [InlineData("result", 55, 0x80, WireFault.Number)]
    [InlineData("result", 56, 1, WireFault.Reserved)]
    [InlineData("error", 33, 1, WireFault.Reserved)]
    [InlineData("error", 47, 0x80, WireFault.Number)]
    [InlineData("error", 48, 1, WireFault.Reserved)]
    [InlineData("register-named", 36, 4, WireFault.Number)]
    [InlineData("register-named", 36, 3, WireFault.Text)]
    [InlineData("register-named", 56, 1, WireFault.Reserved)]
    [InlineData("register-named", 37, 1, WireFault.Reserved)]
    [InlineData("register-named", 55, 0x80, WireFault.Number)]
    [InlineData("register-named", 60, 8, WireFault.None)]
    [InlineData("register-named", 60, 9, WireFault.Text)]
    [InlineData("register-cuda", 36, 2, WireFault.Reserved)]
    [InlineData("register-cuda", 39, 1, WireFault.Reserved)]
    [InlineData("register-cuda", 47, 0x80, WireFault.Number)]
    [InlineData("register-cuda", 56, 7, WireFault.None)]
    [InlineData("register-cuda", 60, 63, WireFault.Text)]
    [InlineData("register-cuda", 64, 0xff, WireFault.None)]
    [InlineData("hello-client", 66, 0xff, WireFault.Field)]
    [InlineData("hello-client", 64, 9, WireFault.UnknownField)]
    [InlineData("hello-client", 88, 9, WireFault.None)]
    [InlineData("hello-client", 88, 4, WireFault.FieldTwice)]
    [InlineData("infer-fields", 66, 25, WireFault.Field)]
    [InlineData("infer-fields", 68, 1, WireFault.Field)]
    [InlineData("infer-fields", 112, 1, WireFault.FieldTwice)]
    [InlineData("infer-fields", 122, (int)'x', WireFault.Field)]
    public void A_wrong_byte_is_seen_for_what_it_is(string name, int offset, int value, WireFault expected)
    {
        var bytes = GoldenFrames.ReadFile(name);
        bytes[offset] = (byte)value;

        var fault = FrameParser.TryRead(bytes, out _);

        Assert.Equal(expected, fault);
        Assert.NotEmpty(fault.Describe());
    }

    [Fact]
    public void A_preface_that_no_receiver_has_room_for_is_refused_by_the_head_alone()
    {
        var head = GoldenFrames.ReadFile("infer");
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(8), 1 << 20);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(40), WireFormat.LongestPreface);
        FrameHead.TryRead(head, out var frame);

        Assert.Equal(WireFault.Preface, InferHead.TryRead(head, frame, out _));
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(40), WireFormat.LongestPreface - WireFormat.HeadByteSize);
        Assert.Equal(WireFault.None, InferHead.TryRead(head, frame, out _));
    }

    [Fact]
    public void More_tags_than_are_counted_are_refused()
    {
        var frame = GoldenFrames.All["infer"] with { Fields = [.. Enumerable.Repeat(new FieldImage(FieldNumber.Tag, [.. "a=b"u8]), WireFormat.MostTags)] };

        Assert.Equal(WireFault.None, FrameParser.TryRead(frame.Write(), out _));
        Assert.Equal(WireFault.FieldTwice, FrameParser.TryRead((frame with { Fields = [.. frame.Fields, frame.Fields[0]] }).Write(), out _));
    }

    [Fact]
    public void Bytes_of_HTTP_are_seen_from_the_first_one_on() =>
        Assert.Equal(WireFault.NotAFrame, FrameHead.TryRead("G"u8, out _));

    [Fact]
    public void A_field_that_does_not_fit_is_not_written() => Assert.Throws<ArgumentException>(static () =>
    {
        var writer = new FieldWriter(new byte[8]);
        writer.Write(FieldNumber.Agent, "too long"u8);
    });
}
