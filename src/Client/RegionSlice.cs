using System.Runtime.InteropServices;

namespace Camshaft.Client;

/// <summary>A part of a <see cref="SharedRegion"/>, as long as one tensor.</summary>
public readonly struct RegionSlice
{
    /// <summary>Takes a part of a region.</summary>
    /// <param name="region">The region.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="byteSize">How many bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the region.</exception>
    public RegionSlice(SharedRegion region, int offset, int byteSize)
    {
        ArgumentNullException.ThrowIfNull(region);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(byteSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byteSize, region.ByteSize - (long)offset);
        (Region, Offset, ByteSize) = (region, offset, byteSize);
    }

    /// <summary>The region.</summary>
    public SharedRegion Region { get; }

    /// <summary>The first byte.</summary>
    public int Offset { get; }

    /// <summary>How many bytes.</summary>
    public int ByteSize { get; }

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">The region was disposed.</exception>
    /// <exception cref="InvalidOperationException">It is a GPU's memory.</exception>
    public Span<byte> Bytes => Region.Memory.Span.Slice(Offset, ByteSize);

    /// <summary>The bytes as elements of a tensor.</summary>
    /// <typeparam name="T">The .NET type of the datatype.</typeparam>
    /// <exception cref="ObjectDisposedException">The region was disposed.</exception>
    /// <exception cref="InvalidOperationException">It is a GPU's memory.</exception>
    public Span<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);
}
