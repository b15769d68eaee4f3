using System.Buffers.Binary;
using System.Text.Unicode;

namespace Camshaft.Transport.Wire;

/// <summary>Goes through the fields of a frame, checks them, and skips those that are not known.</summary>
/// <param name="fields">The fields of a frame, all of them.</param>
public ref struct FieldReader(ReadOnlySpan<byte> fields)
{
    internal const ushort MustBeUnderstood = 0x8000;
    internal const int PrefixByteSize = 4;

    private ReadOnlySpan<byte> _remaining = fields;
    private uint _seen;
    private int _tags;

    /// <summary>What is wrong with them, as far as they were read.</summary>
    public WireFault Fault { get; private set; }

    /// <summary>The number of the field that was read last.</summary>
    public FieldNumber Number { get; private set; }

    /// <summary>Whether the sender wants the frame refused by those who do not know the field.</summary>
    public bool IsRequired { get; private set; }

    /// <summary>Its value, a slice of the fields.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Reads the next field that is known.</summary>
    /// <returns><see langword="false"/> at the end, and where <see cref="Fault"/> says that something is wrong.</returns>
    public bool TryRead()
    {
        while (Fault == WireFault.None && !_remaining.IsEmpty)
        {
            var number = BinaryPrimitives.ReadUInt16LittleEndian(_remaining);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(_remaining[2..]);
            if (PrefixByteSize + length > _remaining.Length)
            {
                Fault = WireFault.Field;
                return false;
            }

            Number = (FieldNumber)(number & ~MustBeUnderstood);
            IsRequired = (number & MustBeUnderstood) != 0;
            Value = _remaining.Slice(PrefixByteSize, length);
            _remaining = _remaining[WireFormat.Align(PrefixByteSize + length)..];
            if (Number is >= FieldNumber.TraceParent and <= FieldNumber.Agent)
            {
                Fault = Check();
                return Fault == WireFault.None;
            }

            Fault = IsRequired ? WireFault.UnknownField : WireFault.None;
        }

        return false;
    }

    private WireFault Check()
    {
        var bit = 1u << (int)Number;
        if (Number == FieldNumber.Tag ? ++_tags > WireFormat.MostTags : (_seen & bit) != 0)
        {
            return WireFault.FieldTwice;
        }

        _seen |= bit;
        var isGood = Number switch
        {
            FieldNumber.TraceParent => Value.Length == WireFormat.TraceParentByteSize && Value[0] == 0,
            FieldNumber.TraceState => Value.Length <= WireFormat.LongestTraceState && Utf8.IsValid(Value),
            FieldNumber.Tag => Value.IndexOf((byte)'=') > 0 && Utf8.IsValid(Value),
            FieldNumber.Agent => Value.Length <= WireFormat.LongestAgent && Utf8.IsValid(Value),
            _ => Utf8.IsValid(Value),
        };
        return isGood ? WireFault.None : WireFault.Field;
    }
}
