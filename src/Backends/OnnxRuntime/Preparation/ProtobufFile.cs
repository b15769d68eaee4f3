namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>
/// Walks through the fields of a protobuf file without keeping it in memory: weights are passed over. A field's content is read
/// as a message of its own by going on with the field's end as the end.
/// </summary>
internal sealed class ProtobufFile(Stream stream)
{
    // Longer than any name or path that ONNX Runtime takes.
    private const int MaxTextByteSize = 1 << 16;

    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    public long Length => stream.Length;

    /// <summary>Reads the next field's head, or says that the message has ended.</summary>
    /// <param name="end">Where the message ends.</param>
    /// <param name="field">The field; whoever reads into its content goes on with <see cref="Skip"/>.</param>
    /// <exception cref="InvalidDataException">This is no protobuf.</exception>
    public bool TryReadField(long end, out ProtobufField field)
    {
        field = default;
        var head = stream.Position;
        if (head >= end)
        {
            return false;
        }

        var tag = ReadVarint();
        var value = 0UL;
        var length = 0L;
        switch ((int)(tag & 7))
        {
            case Varint:
                value = ReadVarint();
                break;
            case Fixed64:
                length = sizeof(ulong);
                break;
            case Fixed32:
                length = sizeof(uint);
                break;
            case LengthDelimited:
                length = (long)ReadVarint();
                break;
            default:
                throw new InvalidDataException($"The file has a field of an unknown kind at byte {head}.");
        }

        if (length < 0 || length > end - stream.Position)
        {
            throw new InvalidDataException($"The field at byte {head} is longer than what holds it.");
        }

        field = new ProtobufField((int)(tag >> 3), (tag & 7) == LengthDelimited, (long)value, head, stream.Position, stream.Position + length);
        return true;
    }

    /// <summary>Goes on behind a field.</summary>
    public void Skip(in ProtobufField field) => stream.Position = field.End;

    /// <summary>Goes back to the start of a field's content.</summary>
    public void Rewind(in ProtobufField field) => stream.Position = field.Start;

    /// <summary>Reads a field as text.</summary>
    /// <exception cref="InvalidDataException">It is none, or a very long one.</exception>
    public string ReadText(in ProtobufField field)
    {
        if (!field.HasContent || field.End - field.Start > MaxTextByteSize)
        {
            throw new InvalidDataException($"The field at byte {field.Head} is no name.");
        }

        var bytes = new byte[field.End - field.Start];
        stream.Position = field.Start;
        stream.ReadExactly(bytes);
        return System.Text.Encoding.UTF8.GetString(bytes);
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = stream.ReadByte();
            if (next < 0)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException($"The number before byte {stream.Position} does not end.");
    }
}
