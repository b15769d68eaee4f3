using System.Buffers.Binary;

namespace Camshaft.Transport.Wire;

/// <summary>Writes fields one after the other.</summary>
/// <param name="destination">Where they go; its rest is left as it is.</param>
public ref struct FieldWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>How many bytes were written, a multiple of 8.</summary>
    public int ByteSize { get; private set; }

    /// <summary>The bytes that a field takes.</summary>
    public static int GetByteSize(int valueByteSize) => WireFormat.Align(FieldReader.PrefixByteSize + valueByteSize);

    /// <summary>Writes one.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="value">Its value.</param>
    /// <param name="mustBeUnderstood">Whether a receiver that does not know it refuses the frame.</param>
    /// <exception cref="ArgumentException">There is no room for it.</exception>
    public void Write(FieldNumber number, ReadOnlySpan<byte> value, bool mustBeUnderstood = false)
    {
        var byteSize = GetByteSize(value.Length);
        if (value.Length > ushort.MaxValue || byteSize > _destination.Length - ByteSize)
        {
            throw new ArgumentException($"A field of {value.Length} bytes does not fit.", nameof(value));
        }

        var field = _destination.Slice(ByteSize, byteSize);
        field.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)((ushort)number | (mustBeUnderstood ? FieldReader.MustBeUnderstood : 0)));
        BinaryPrimitives.WriteUInt16LittleEndian(field[2..], (ushort)value.Length);
        value.CopyTo(field[FieldReader.PrefixByteSize..]);
        ByteSize += byteSize;
    }
}
