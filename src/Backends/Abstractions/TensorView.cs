namespace Camshaft.Backends;

/// <summary>
/// A look at a tensor in memory that somebody else owns. Valid only where it was handed out for: during
/// <see cref="IModelInstance.Execute"/> (until completion, when that is later), or while its request lives.
/// </summary>
public readonly ref struct TensorView
{
    /// <summary>Makes a view over memory that its owner keeps alive while the view is used.</summary>
    public TensorView(DataType dataType, ReadOnlySpan<long> shape, MemoryKind memoryKind, nint address, long byteSize)
    {
        DataType = dataType;
        Shape = shape;
        MemoryKind = memoryKind;
        Address = address;
        ByteSize = byteSize;
    }

    /// <summary>The datatype of the elements.</summary>
    public DataType DataType { get; }

    /// <summary>The dimensions, outermost first, none variable.</summary>
    public ReadOnlySpan<long> Shape { get; }

    /// <summary>Whether <see cref="Address"/> is the host's or a device's.</summary>
    public MemoryKind MemoryKind { get; }

    /// <summary>The first byte's address.</summary>
    public nint Address { get; }

    /// <summary>How many bytes the tensor has.</summary>
    public long ByteSize { get; }

    /// <summary>The tensor's bytes: row-major, little-endian, without padding.</summary>
    /// <exception cref="InvalidOperationException">The memory is a device's, or longer than a span can be.</exception>
    public unsafe Span<byte> Bytes
    {
        get
        {
            if (MemoryKind == MemoryKind.Device || ByteSize > int.MaxValue)
            {
                throw new InvalidOperationException($"A tensor of {ByteSize} bytes in {MemoryKind} memory cannot be seen as a span.");
            }

            // The owner promised the constructor that the memory has ByteSize bytes and outlives this view.
            return new Span<byte>((void*)Address, (int)ByteSize);
        }
    }

    /// <summary>The tensor's elements; <typeparamref name="T"/> must have the datatype's size.</summary>
    /// <exception cref="InvalidOperationException">As for <see cref="Bytes"/>, or the sizes disagree.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        var elements = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(Bytes);
        if (System.Runtime.CompilerServices.Unsafe.SizeOf<T>() != DataType.ByteSize)
        {
            throw new InvalidOperationException($"{DataType.Name} elements have {DataType.ByteSize} bytes; {typeof(T).Name} has another size.");
        }

        return elements;
    }
}
