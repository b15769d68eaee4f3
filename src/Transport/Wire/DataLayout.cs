namespace Camshaft.Transport.Wire;

/// <summary>
/// Works out where in a frame the data of its tensors lies. Sizes add up unchecked: none may be more than
/// <see cref="WireFormat.LongestBody"/>, and a table holds some thousands.
/// </summary>
/// <param name="prefaceByteSize">The bytes of head, fields and table.</param>
public struct DataLayout(long prefaceByteSize)
{
    private long _end = prefaceByteSize;

    /// <summary>The frame's length so far, a multiple of 8.</summary>
    public readonly long FrameByteSize => WireFormat.Align(_end);

    /// <summary>Gives the next tensor its place.</summary>
    /// <param name="byteSize">Its bytes of data in the frame.</param>
    /// <returns>Where its data begins, counted from the frame's head; for a tensor without bytes, where the frame ends.</returns>
    public long Place(long byteSize)
    {
        if (byteSize == 0)
        {
            return _end;
        }

        var begin = (_end + (WireFormat.DataAlignment - 1)) & -WireFormat.DataAlignment;
        _end = begin + byteSize;
        return begin;
    }
}
