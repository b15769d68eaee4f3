namespace Camshaft.Backends;

/// <summary>
/// Where a pool takes its blocks from: plain host memory, page-locked memory, or a device. Called from any thread, rarely,
/// since pools keep what they took.
/// </summary>
public interface IMemorySource
{
    /// <summary>What kind of memory this source gives.</summary>
    MemoryKind Kind { get; }

    /// <summary>Takes memory, aligned to at least 64 bytes; its content is undefined.</summary>
    /// <param name="byteSize">How many bytes, more than 0.</param>
    /// <returns>The address. The caller owns the memory until <see cref="Free"/>.</returns>
    /// <exception cref="OutOfMemoryException">There is not that much left.</exception>
    nint Allocate(nuint byteSize);

    /// <summary>Gives back what <see cref="Allocate"/> returned, once.</summary>
    void Free(nint address, nuint byteSize);
}
