using System.Buffers.Binary;

namespace Camshaft.Backends;

/// <summary>Reads and writes the elements of a <see cref="DataType.Bytes"/> tensor: each a 4-byte little-endian length, then its bytes.</summary>
public static class BytesTensor
{
    /// <summary>The bytes in front of each element.</summary>
    public const int PrefixByteSize = 4;

    /// <summary>Takes the next element off the front.</summary>
    /// <param name="remaining">What is left of the tensor; moved past the element on success.</param>
    /// <param name="element">The element's bytes, a slice of <paramref name="remaining"/>.</param>
    /// <returns><see langword="false"/> when nothing is left, or a length reaches past the end.</returns>
    public static bool TryReadElement(ref ReadOnlySpan<byte> remaining, out ReadOnlySpan<byte> element)
    {
        element = default;
        if (remaining.Length < PrefixByteSize)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(remaining);
        if (length > (uint)(remaining.Length - PrefixByteSize))
        {
            return false;
        }

        element = remaining.Slice(PrefixByteSize, (int)length);
        remaining = remaining[(PrefixByteSize + (int)length)..];
        return true;
    }

    /// <summary>Writes one element and moves past it.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static void WriteElement(ref Span<byte> destination, ReadOnlySpan<byte> element)
    {
        if (destination.Length - PrefixByteSize < element.Length)
        {
            throw new ArgumentException($"An element of {element.Length} bytes needs {PrefixByteSize + element.Length} bytes; {destination.Length} are left.", nameof(destination));
        }

        BinaryPrimitives.WriteInt32LittleEndian(destination, element.Length);
        element.CopyTo(destination[PrefixByteSize..]);
        destination = destination[(PrefixByteSize + element.Length)..];
    }

    /// <summary>Counts the elements of a whole tensor.</summary>
    /// <returns><see langword="false"/> when a length reaches past the end or bytes are left over.</returns>
    public static bool TryCountElements(ReadOnlySpan<byte> tensor, out long elementCount)
    {
        elementCount = 0;
        while (TryReadElement(ref tensor, out _))
        {
            elementCount++;
        }

        return tensor.IsEmpty;
    }
}
