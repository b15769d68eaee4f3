namespace Camshaft.Transport.Binary.Requests;

/// <summary>
/// The credit that is left for infer frames, of one client or of all that wait for their models: a frame may begin while there
/// is any, and takes all of its length. Receive loops take; whoever writes answers gives back. See "Flow control" in docs/protocol.md.
/// </summary>
internal sealed class CreditWindow(long byteSize)
{
    private long _left = byteSize;

    /// <summary>Takes credit for a frame; also where there was none, since that of a refused frame is given back like any other.</summary>
    /// <returns>Whether there was any before.</returns>
    public bool Take(long byteSize) => Interlocked.Add(ref _left, -byteSize) + byteSize > 0;

    public void GiveBack(long byteSize) => Interlocked.Add(ref _left, byteSize);
}
