using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends;
using Camshaft.Client.Requests;

namespace Camshaft.Client;

/// <summary>An output of a result. Its elements lie in the result's memory, and are valid until that is disposed.</summary>
public readonly ref struct InferenceOutput
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _isOnGpu;

    internal InferenceOutput(string name, DataType dataType, Shape shape, ReadOnlySpan<byte> bytes)
    {
        Name = name;
        DataType = dataType;
        Shape = shape;
        _bytes = bytes;
    }

    /// <summary>Makes one that lies in a GPU's memory.</summary>
    internal InferenceOutput(string name, DataType dataType, Shape shape)
        : this(name, dataType, shape, default) => _isOnGpu = true;

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The datatype of its elements.</summary>
    public DataType DataType { get; }

    /// <summary>Its dimensions, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>Its elements as they came: without gaps, little-endian; BYTES as <see cref="BytesTensor"/> reads them.</summary>
    /// <exception cref="InvalidOperationException">They lie in a GPU's memory, where they were wanted.</exception>
    public ReadOnlySpan<byte> Bytes => _isOnGpu ? throw new InvalidOperationException($"Output '{Name}' lies in a GPU's memory, where it was wanted; the host cannot see it.") : _bytes;

    /// <summary>Its elements, row by row, where they lie.</summary>
    /// <typeparam name="T">The .NET type of the datatype: <see cref="float"/> for FP32 and so on.</typeparam>
    /// <exception cref="InvalidOperationException">The output has another datatype.</exception>
    public ReadOnlySpan<T> Read<T>()
        where T : unmanaged
    {
        var dataType = ElementType<T>.Require();
        return dataType == DataType
            ? MemoryMarshal.Cast<byte, T>(Bytes)
            : throw new InvalidOperationException($"Output '{Name}' holds {DataType.Name}; {typeof(T).Name} is {dataType.Name}.");
    }

    /// <summary>A copy of its elements, which outlives the result.</summary>
    /// <typeparam name="T">The .NET type of the datatype.</typeparam>
    /// <exception cref="InvalidOperationException">The output has another datatype.</exception>
    public T[] ToArray<T>()
        where T : unmanaged => Read<T>().ToArray();

    /// <summary>Its elements as texts; for BYTES in UTF-8.</summary>
    /// <exception cref="InvalidOperationException">The output has another datatype.</exception>
    public string[] ToTexts()
    {
        if (DataType != DataType.Bytes)
        {
            throw new InvalidOperationException($"Output '{Name}' holds {DataType.Name}; texts are {DataType.Bytes.Name}.");
        }

        var texts = new List<string>();
        var rest = Bytes;
        while (BytesTensor.TryReadElement(ref rest, out var element))
        {
            texts.Add(Encoding.UTF8.GetString(element));
        }

        return [.. texts];
    }
}
