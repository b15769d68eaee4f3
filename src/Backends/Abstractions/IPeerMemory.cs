namespace Camshaft.Backends;

/// <summary>
/// Memory of an accelerator that belongs to another process and is open in this one. Any thread; disposed by its owner when nothing that is
/// enqueued uses it any more, also after its device has failed.
/// </summary>
public interface IPeerMemory : IDisposable
{
    /// <summary>Where it begins, for what is enqueued on the device; the host must not touch it.</summary>
    nint Address { get; }

    /// <summary>How many bytes there are, as the driver knows it.</summary>
    long ByteSize { get; }

    /// <summary>Copies to the host, and waits for that.</summary>
    /// <param name="offset">The first byte; all that is read lies within <see cref="ByteSize"/>.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <exception cref="BackendException">The device has failed, or refuses.</exception>
    void Read(long offset, Span<byte> destination);

    /// <summary>Copies from the host, and waits until the bytes are there for every process.</summary>
    /// <param name="offset">The first byte; all that is written lies within <see cref="ByteSize"/>.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="BackendException">The device has failed, or refuses.</exception>
    void Write(long offset, ReadOnlySpan<byte> source);
}
