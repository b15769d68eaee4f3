using System.Buffers.Binary;

namespace Camshaft.Testing;

/// <summary>Walks over the fields of one serialised protobuf message.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The value of the last field, unless it is length-delimited.</summary>
    public long Number { get; private set; }

    /// <summary>The content of the last field when it is length-delimited.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Whether the last field carries <see cref="Bytes"/>.</summary>
    public bool IsLengthDelimited { get; private set; }

    /// <summary>Moves to the next field.</summary>
    /// <returns><see langword="false"/> at the message's end.</returns>
    public bool TryReadField(out int field)
    {
        field = 0;
        if (!TryReadVarint(out var tag))
        {
            return false;
        }

        field = (int)(tag >> 3);
        var wireType = (int)(tag & 7);
        IsLengthDelimited = wireType == 2;
        switch (wireType)
        {
            case 0:
                TryReadVarint(out var number);
                Number = number;
                break;
            case 1:
                Number = BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));
                break;
            case 2:
                TryReadVarint(out var length);
                Bytes = Take((int)length);
                break;
            case 5:
                Number = BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));
                break;
            default:
                throw new InvalidDataException($"Field {field} has the wire type {wireType}; expected 0, 1, 2 or 5.");
        }

        return true;
    }

    /// <summary>Takes one base-128 number off the front.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    public bool TryReadVarint(out long value)
    {
        value = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (long)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }

        throw new InvalidDataException("A varint is longer than ten bytes.");
    }

    private ReadOnlySpan<byte> Take(int byteCount)
    {
        var taken = _rest[..byteCount];
        _rest = _rest[byteCount..];
        return taken;
    }
}
