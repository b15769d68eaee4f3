using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends;
using Camshaft.Client.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Client;

/// <summary>
/// An input of a request: name, datatype, shape, and where its elements lie. It refers to the caller's memory and copies nothing, except
/// texts. Make it with <see cref="Create{T}(string, ReadOnlyMemory{T}, ReadOnlySpan{long})"/> and its like.
/// </summary>
public readonly struct InferenceInput
{
    private readonly TensorSource? _source;
    private readonly object? _owner;
    private readonly int _start;
    private readonly int _length;
    private readonly Shape _shape;
    private readonly int _regionOffset;

    private InferenceInput(string name, DataType dataType, ReadOnlySpan<long> shape, TensorSource source, object? owner, int start, int length, int byteSize)
    {
        Name = name;
        DataType = dataType;
        _shape = new Shape(shape);
        _source = source;
        _owner = owner;
        _start = start;
        _length = length;
        ByteSize = byteSize;
    }

    private InferenceInput(in InferenceInput input, RegionSlice place)
    {
        this = input;
        Region = place.Region;
        _regionOffset = place.Offset;
    }

    /// <summary>Its name in the model's signature.</summary>
    public string Name { get; }

    /// <summary>The datatype of its elements.</summary>
    public DataType DataType { get; }

    /// <summary>Its dimensions, outermost first.</summary>
    public Shape Shape => _shape;

    /// <summary>How many bytes its elements have.</summary>
    public int ByteSize { get; }

    /// <summary>The shared memory that it lies in; null where it is sent.</summary>
    internal SharedRegion? Region { get; }

    /// <exception cref="InferenceException">It lies in a GPU's memory, which the host cannot read.</exception>
    internal void ThrowIfOnGpu()
    {
        if (Region is { IsCudaMemory: true })
        {
            throw new InferenceException(StatusCode.Unsupported, $"Input '{Name}' lies in a GPU's memory; only CamshaftClient can have a server read it there.");
        }
    }

    /// <summary>How many bytes are sent of it.</summary>
    internal int SentByteSize => Region is null ? ByteSize : 0;

    /// <summary>Its elements as they go to the server.</summary>
    internal ReadOnlySpan<byte> Bytes => _owner is null ? default : _source!.GetBytes(_owner, _start, _length);

    /// <summary>Makes an input of numbers or truth values.</summary>
    /// <typeparam name="T">The .NET type of the datatype: <see cref="float"/> for FP32, <see cref="byte"/> for UINT8, <see cref="Half"/> for FP16 and so on.</typeparam>
    /// <param name="name">Its name in the model's signature.</param>
    /// <param name="values">The elements, row by row. Read until the request has ended.</param>
    /// <param name="shape">The dimensions, outermost first; without any it is a vector of all values.</param>
    /// <exception cref="ArgumentException">No datatype has this type, or the shape has another number of elements.</exception>
    public static InferenceInput Create<T>(string name, ReadOnlyMemory<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var dataType = ElementType<T>.Require();
        ReadOnlySpan<long> vector = [values.Length];
        shape = shape.IsEmpty ? vector : shape;
        if (!Shape.TryGetElementCount(shape, out var elementCount) || elementCount != values.Length)
        {
            throw new ArgumentException($"Input '{name}' has {values.Length} elements; shape {Shape.Format(shape)} has another number.", nameof(shape));
        }

        return Create(name, dataType, values, shape);
    }

    /// <summary>Makes an input of the elements of an array; see <see cref="Create{T}(string, ReadOnlyMemory{T}, ReadOnlySpan{long})"/>.</summary>
    /// <typeparam name="T">The .NET type of the datatype.</typeparam>
    /// <param name="name">Its name in the model's signature.</param>
    /// <param name="values">The elements, row by row. Read until the request has ended.</param>
    /// <param name="shape">The dimensions, outermost first; without any it is a vector of all values.</param>
    /// <exception cref="ArgumentException">No datatype has this type, or the shape has another number of elements.</exception>
    public static InferenceInput Create<T>(string name, T[] values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return Create(name, new ReadOnlyMemory<T>(values), shape);
    }

    /// <summary>Makes an input of bytes that lie as the protocol has them: elements without gaps, little-endian; BYTES as <see cref="BytesTensor"/> writes them.</summary>
    /// <param name="name">Its name in the model's signature.</param>
    /// <param name="dataType">What the bytes are.</param>
    /// <param name="bytes">The elements. Read until the request has ended.</param>
    /// <param name="shape">The dimensions, outermost first; none for a scalar.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static InferenceInput CreateRaw(string name, DataType dataType, ReadOnlyMemory<byte> bytes, params ReadOnlySpan<long> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Check(name, dataType, bytes.Length, shape);
        return Create(name, dataType, bytes, shape);
    }

    /// <summary>Makes an input of elements that lie in memory shared with the server, and are not sent.</summary>
    /// <param name="name">Its name in the model's signature.</param>
    /// <param name="dataType">What the bytes are.</param>
    /// <param name="place">The elements, as <see cref="CreateRaw"/> has them. Not to be changed until the request has ended.</param>
    /// <param name="shape">The dimensions, outermost first; none for a scalar.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    /// <exception cref="ObjectDisposedException">The region was disposed.</exception>
    public static InferenceInput FromRegion(string name, DataType dataType, RegionSlice place, params ReadOnlySpan<long> shape)
    {
        if (!place.Region.IsCudaMemory)
        {
            return new(CreateRaw(name, dataType, place.Region.Memory.Slice(place.Offset, place.ByteSize), shape), place);
        }

        ArgumentException.ThrowIfNullOrEmpty(name);
        Check(name, dataType, place.ByteSize, shape);
        return new(new InferenceInput(name, dataType, shape, TensorSource<byte>.Instance, owner: null, 0, 0, place.ByteSize), place);
    }

    /// <summary>Makes an input of texts, as BYTES in UTF-8.</summary>
    /// <param name="name">Its name in the model's signature.</param>
    /// <param name="texts">The elements, row by row; copied.</param>
    /// <param name="shape">The dimensions, outermost first; without any it is a vector of all texts.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static InferenceInput CreateTexts(string name, IReadOnlyCollection<string> texts, params ReadOnlySpan<long> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(texts);
        ReadOnlySpan<long> vector = [texts.Count];
        shape = shape.IsEmpty ? vector : shape;
        if (!Shape.TryGetElementCount(shape, out var elementCount) || elementCount != texts.Count)
        {
            throw new ArgumentException($"Input '{name}' has {texts.Count} texts; shape {Shape.Format(shape)} has another number of elements.", nameof(shape));
        }

        return Create(name, DataType.Bytes, new ReadOnlyMemory<byte>(Encode(texts)), shape);
    }

    /// <summary>What the table of a request says of it.</summary>
    /// <param name="index">Its place in the signature.</param>
    internal TensorEntry ToEntry(int index) => new()
    {
        Index = index,
        DataType = DataType,
        Shape = _shape,
        Place = Region is null ? TensorPlace.Frame : TensorPlace.Region,
        ByteSize = ByteSize,
        Region = Region?.Number ?? 0,
        Offset = _regionOffset,
    };

    private static void Check(string name, DataType dataType, int byteSize, ReadOnlySpan<long> shape)
    {
        if (dataType is DataType.Invalid or > DataType.BFloat16)
        {
            throw new ArgumentOutOfRangeException(nameof(dataType), dataType, $"Input '{name}' needs a datatype.");
        }

        if (!Shape.TryGetElementCount(shape, out var elementCount) || (dataType.HasFixedSize && (byteSize % dataType.ByteSize != 0 || elementCount != byteSize / dataType.ByteSize)))
        {
            throw new ArgumentException($"Input '{name}' has {byteSize} bytes; {dataType.Name} of shape {Shape.Format(shape)} has another number.", nameof(shape));
        }
    }

    private static InferenceInput Create<T>(string name, DataType dataType, ReadOnlyMemory<T> values, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var byteSize = (long)values.Length * Unsafe.SizeOf<T>();
        if (byteSize > Array.MaxLength)
        {
            throw new ArgumentException($"Input '{name}' has {byteSize} bytes; at most {Array.MaxLength} can be sent.", nameof(values));
        }

        if (MemoryMarshal.TryGetArray(values, out var array))
        {
            return new InferenceInput(name, dataType, shape, TensorSource<T>.Instance, array.Array, array.Offset, array.Count, (int)byteSize);
        }

        return MemoryMarshal.TryGetMemoryManager<T, System.Buffers.MemoryManager<T>>(values, out var manager, out var start, out var length)
            ? new InferenceInput(name, dataType, shape, TensorSource<T>.Instance, manager, start, length, (int)byteSize)
            : throw new ArgumentException($"Input '{name}': memory of this kind cannot be sent.", nameof(values));
    }

    private static byte[] Encode(IReadOnlyCollection<string> texts)
    {
        var bytes = new byte[texts.Sum(static text => BytesTensor.PrefixByteSize + Encoding.UTF8.GetByteCount(text))];
        var rest = bytes.AsSpan();
        foreach (var text in texts)
        {
            BytesTensor.WriteElement(ref rest, Encoding.UTF8.GetBytes(text));
        }

        return bytes;
    }
}
