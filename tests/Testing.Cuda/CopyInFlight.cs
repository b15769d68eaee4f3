namespace Camshaft.Testing.Cuda;

/// <summary>A copy from or to the host's memory that has been enqueued and has not run: until then that memory is the device's.</summary>
/// <param name="call">The call that enqueued it.</param>
/// <param name="address">The host's side.</param>
/// <param name="byteSize">How many bytes.</param>
internal sealed unsafe class CopyInFlight(string call, nint address, int byteSize)
{
    private readonly byte[] _content = new ReadOnlySpan<byte>((void*)address, byteSize).ToArray();

    public string Call => call;

    /// <summary>The host's bytes, which live as long as the memory: the driver refuses to free it before.</summary>
    public Span<byte> Bytes => new((void*)address, byteSize);

    /// <summary>Whether nobody has changed the host's bytes since.</summary>
    public bool IsUntouched => Bytes.SequenceEqual(_content);

    public bool Overlaps(nint start, long length) => address < start + length && start < address + byteSize;
}
