using System.Buffers.Binary;
using Camshaft.Backends;

namespace Camshaft.Transport.Wire;

/// <summary>One tensor of an infer's or a result's table.</summary>
public readonly record struct TensorEntry
{
    /// <summary>The least bytes that an entry has: a scalar in the frame.</summary>
    public const int LeastByteSize = 16;

    private const int RegionByteSize = 16;

    /// <summary>Which tensor of the signature it is; inputs and outputs count from 0 each.</summary>
    public required int Index { get; init; }

    /// <summary>Its datatype; <see cref="DataType.Invalid"/> for an output that is asked for.</summary>
    public DataType DataType { get; init; }

    /// <summary>Its dimensions, none variable; of rank 0 for an output that is asked for.</summary>
    public Shape Shape { get; init; }

    /// <summary>Where its data is, or goes.</summary>
    public TensorPlace Place { get; init; }

    /// <summary>How many bytes of data it has, or may have.</summary>
    public long ByteSize { get; init; }

    /// <summary>The region that holds the data, if one does.</summary>
    public uint Region { get; init; }

    /// <summary>Where in the region the data begins.</summary>
    public long Offset { get; init; }

    /// <summary>The bytes that the entry takes in the table.</summary>
    public int EntryByteSize => GetByteSize(Shape.Rank, Place);

    /// <summary>The bytes that an entry takes in the table.</summary>
    public static int GetByteSize(int rank, TensorPlace place) => LeastByteSize + (place == TensorPlace.Region ? RegionByteSize : 0) + (rank * sizeof(long));

    /// <summary>Takes the next entry off the front.</summary>
    /// <param name="table">What is left of the table; moved past the entry on success.</param>
    /// <param name="entry">The entry.</param>
    public static WireFault TryRead(ref ReadOnlySpan<byte> table, out TensorEntry entry)
    {
        entry = default;
        if (table.Length < LeastByteSize)
        {
            return WireFault.Table;
        }

        int rank = table[3];
        var (dataType, place) = ((DataType)table[2], (TensorPlace)table[4]);
        if (rank > Shape.MaxRank || dataType > DataType.BFloat16 || place > TensorPlace.Region)
        {
            return WireFault.Tensor;
        }

        var byteSize = GetByteSize(rank, place);
        if (table.Length < byteSize)
        {
            return WireFault.Table;
        }

        Span<long> dimensions = stackalloc long[Shape.MaxRank];
        dimensions = dimensions[..rank];
        if (!TryReadDimensions(table[(byteSize - (rank * sizeof(long)))..], 0, dimensions))
        {
            return WireFault.Tensor;
        }

        if (!IsReservedZero(table, place))
        {
            return WireFault.Reserved;
        }

        var read = new TensorEntry
        {
            Index = BinaryPrimitives.ReadUInt16LittleEndian(table),
            DataType = dataType,
            Place = place,
            ByteSize = BinaryPrimitives.ReadInt64LittleEndian(table[8..]),
            Region = place == TensorPlace.Region ? BinaryPrimitives.ReadUInt32LittleEndian(table[16..]) : 0,
            Offset = place == TensorPlace.Region ? BinaryPrimitives.ReadInt64LittleEndian(table[24..]) : 0,
        };
        if (read.ByteSize < 0 || read.Offset < 0)
        {
            return WireFault.Number;
        }

        entry = read with { Shape = new Shape(dimensions) };
        table = table[byteSize..];
        return WireFault.None;
    }

    /// <summary>Writes the entry and moves past it.</summary>
    /// <param name="table">Where it goes; at least <see cref="EntryByteSize"/> bytes.</param>
    public void Write(ref Span<byte> table)
    {
        var byteSize = EntryByteSize;
        var entry = table[..byteSize];
        entry.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(entry, checked((ushort)Index));
        entry[2] = (byte)DataType;
        entry[3] = (byte)Shape.Rank;
        entry[4] = (byte)Place;
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], ByteSize);
        if (Place == TensorPlace.Region)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], Region);
            BinaryPrimitives.WriteInt64LittleEndian(entry[24..], Offset);
        }

        WriteDimensions(entry[(byteSize - (Shape.Rank * sizeof(long)))..], Shape.Dimensions);
        table = table[byteSize..];
    }

    internal static bool TryReadDimensions(ReadOnlySpan<byte> bytes, long least, Span<long> dimensions)
    {
        for (var i = 0; i < dimensions.Length; i++)
        {
            dimensions[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * sizeof(long))..]);
            if (dimensions[i] < least)
            {
                return false;
            }
        }

        return true;
    }

    internal static void WriteDimensions(Span<byte> bytes, ReadOnlySpan<long> dimensions)
    {
        for (var i = 0; i < dimensions.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes[(i * sizeof(long))..], dimensions[i]);
        }
    }

    private static bool IsReservedZero(ReadOnlySpan<byte> entry, TensorPlace place) =>
        WireFormat.IsZero(entry[5..8]) && (place == TensorPlace.Frame || WireFormat.IsZero(entry[20..24]));
}
