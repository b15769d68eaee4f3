using System.Text;
using System.Text.Unicode;

namespace Camshaft.Transport.Wire;

/// <summary>The text at the end of a frame: after the fields, filled up with zeros.</summary>
public static class TextBlock
{
    /// <summary>The bytes that a text of some length takes, in UTF-8.</summary>
    public static int GetByteSize(int textByteSize) => WireFormat.Align(textByteSize);

    /// <summary>Writes a text behind the fields.</summary>
    /// <param name="block">Where it goes; just as long as <see cref="GetByteSize"/> says.</param>
    /// <param name="text">The text.</param>
    public static void Write(Span<byte> block, ReadOnlySpan<char> text) => block[Encoding.UTF8.GetBytes(text, block)..].Clear();

    /// <summary>Takes the text out of a frame.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="head">Its head.</param>
    /// <param name="textByteSize">How long the text is, as a kind's own head that was read says.</param>
    /// <param name="text">The text, a slice of <paramref name="frame"/>.</param>
    public static WireFault TryRead(ReadOnlySpan<byte> frame, in FrameHead head, int textByteSize, out ReadOnlySpan<byte> text)
    {
        text = frame.Slice(WireFormat.HeadByteSize + head.FieldsByteSize, textByteSize);
        return Utf8.IsValid(text) ? WireFault.None : WireFault.Text;
    }

    internal static WireFault Check(in FrameHead frame, int textByteSize) =>
        textByteSize >= 0 && textByteSize <= WireFormat.LongestPreface && frame.FieldsByteSize + WireFormat.Align(textByteSize) == frame.BodyByteSize
            ? WireFault.None
            : WireFault.Text;
}
