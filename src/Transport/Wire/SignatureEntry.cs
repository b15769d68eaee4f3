using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Camshaft.Backends;

namespace Camshaft.Transport.Wire;

/// <summary>Reads and writes the tensors of a signature, as an opened frame has them. Names of dimensions do not travel.</summary>
public static class SignatureEntry
{
    private const int HeadByteSize = 8;
    private const byte IsOptional = 1;

    /// <summary>The bytes that a tensor of a signature takes.</summary>
    public static int GetByteSize(TensorSpec tensor) => HeadByteSize + (tensor.Shape.Rank * sizeof(long)) + WireFormat.Align(Encoding.UTF8.GetByteCount(tensor.Name));

    /// <summary>The bytes that a signature takes.</summary>
    public static int GetByteSize(ModelSignature signature) => signature.Inputs.Sum(GetByteSize) + signature.Outputs.Sum(GetByteSize);

    /// <summary>Writes a tensor and moves past it.</summary>
    public static void Write(ref Span<byte> destination, TensorSpec tensor)
    {
        var byteSize = GetByteSize(tensor);
        var entry = destination[..byteSize];
        entry.Clear();
        entry[0] = (byte)tensor.DataType;
        entry[1] = (byte)tensor.Shape.Rank;
        entry[2] = tensor.IsOptional ? IsOptional : (byte)0;
        entry[3] = tensor.BatchAxis is { } axis ? (byte)(axis + 1) : (byte)0;
        TensorEntry.WriteDimensions(entry[HeadByteSize..], tensor.Shape.Dimensions);
        var name = Encoding.UTF8.GetBytes(tensor.Name, entry[(HeadByteSize + (tensor.Shape.Rank * sizeof(long)))..]);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], checked((ushort)name));
        destination = destination[byteSize..];
    }

    /// <summary>Writes a signature, inputs first, and moves past it.</summary>
    public static void Write(ref Span<byte> destination, ModelSignature signature)
    {
        foreach (var tensor in signature.Inputs)
        {
            Write(ref destination, tensor);
        }

        foreach (var tensor in signature.Outputs)
        {
            Write(ref destination, tensor);
        }
    }

    /// <summary>Takes the next tensor off the front.</summary>
    /// <param name="source">What is left of the signature; moved past the tensor on success.</param>
    /// <param name="tensor">The tensor; null unless the result is <see cref="WireFault.None"/>.</param>
    public static WireFault TryRead(ref ReadOnlySpan<byte> source, out TensorSpec? tensor)
    {
        tensor = null;
        if (source.Length < HeadByteSize)
        {
            return WireFault.Table;
        }

        var dataType = (DataType)source[0];
        int rank = source[1];
        int axis = source[3];
        if (dataType is DataType.Invalid or > DataType.BFloat16 || rank > Shape.MaxRank || axis > rank)
        {
            return WireFault.Tensor;
        }

        if ((source[2] & ~IsOptional) != 0 || !WireFormat.IsZero(source[6..8]))
        {
            return WireFault.Reserved;
        }

        int nameByteSize = BinaryPrimitives.ReadUInt16LittleEndian(source[4..]);
        var nameOffset = HeadByteSize + (rank * sizeof(long));
        var byteSize = nameOffset + WireFormat.Align(nameByteSize);
        if (source.Length < byteSize)
        {
            return WireFault.Table;
        }

        Span<long> dimensions = stackalloc long[Shape.MaxRank];
        dimensions = dimensions[..rank];
        if (!TensorEntry.TryReadDimensions(source[HeadByteSize..], Shape.Variable, dimensions))
        {
            return WireFault.Tensor;
        }

        var name = source.Slice(nameOffset, nameByteSize);
        if (name.IsEmpty || !Utf8.IsValid(name))
        {
            return WireFault.Text;
        }

        tensor = new TensorSpec(Encoding.UTF8.GetString(name), dataType, new Shape(dimensions))
        {
            BatchAxis = axis == 0 ? null : axis - 1,
            IsOptional = (source[2] & IsOptional) != 0,
        };
        source = source[byteSize..];
        return WireFault.None;
    }
}
