namespace Camshaft.Transport.Wire;

/// <summary>Where the table and the data of an infer or a result lie in its frame.</summary>
public static class TensorTable
{
    /// <summary>The bytes from the frame's first to the table's last: all that is needed to know the tensors.</summary>
    public static int GetPrefaceByteSize(in FrameHead frame, int tableByteSize) => WireFormat.HeadByteSize + frame.FieldsByteSize + tableByteSize;

    /// <summary>Takes the table out of a frame.</summary>
    /// <param name="preface">The frame's first <see cref="GetPrefaceByteSize"/> bytes, or more.</param>
    /// <param name="frame">Its head.</param>
    /// <param name="tableByteSize">As the kind's own head that was read says.</param>
    public static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> preface, in FrameHead frame, int tableByteSize) =>
        preface.Slice(WireFormat.HeadByteSize + frame.FieldsByteSize, tableByteSize);

    internal static WireFault Check(in FrameHead frame, int tableByteSize, int count)
    {
        if (tableByteSize < 0 || !WireFormat.IsAligned(tableByteSize) || frame.FieldsByteSize + (long)tableByteSize > frame.BodyByteSize)
        {
            return WireFault.Length;
        }

        if (GetPrefaceByteSize(frame, 0) + (long)tableByteSize > WireFormat.LongestPreface)
        {
            return WireFault.Preface;
        }

        return count * TensorEntry.LeastByteSize > tableByteSize ? WireFault.Table : WireFault.None;
    }
}
