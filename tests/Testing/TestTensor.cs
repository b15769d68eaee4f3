using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends;

namespace Camshaft.Testing;

/// <summary>A tensor on the managed heap: what a test gives to a model or gets from it.</summary>
/// <param name="DataType">The datatype of the elements.</param>
/// <param name="Shape">The dimensions, none variable.</param>
/// <param name="Data">The bytes, as in a <see cref="TensorView"/>.</param>
public sealed record TestTensor(DataType DataType, Shape Shape, byte[] Data)
{
    /// <summary>Makes a tensor of numbers.</summary>
    public static TestTensor Of<T>(DataType dataType, ReadOnlySpan<long> shape, params ReadOnlySpan<T> values) where T : unmanaged
    {
        if (!Shape.TryGetElementCount(shape, out var elementCount) || elementCount != values.Length || Marshal.SizeOf<T>() != dataType.ByteSize)
        {
            throw new ArgumentException($"{values.Length} values of {typeof(T).Name} are no {dataType.Name} tensor of shape {Shape.Format(shape)}.");
        }

        return new TestTensor(dataType, new Shape(shape), MemoryMarshal.AsBytes(values).ToArray());
    }

    /// <summary>Makes an FP32 tensor.</summary>
    public static TestTensor Of(ReadOnlySpan<long> shape, params ReadOnlySpan<float> values) => Of(DataType.Float32, shape, values);

    /// <summary>Makes a BYTES tensor of arbitrary byte strings.</summary>
    public static TestTensor OfBytes(ReadOnlySpan<long> shape, params ReadOnlySpan<byte[]> elements)
    {
        var byteSize = 0;
        foreach (var element in elements)
        {
            byteSize += BytesTensor.PrefixByteSize + element.Length;
        }

        var data = new byte[byteSize];
        var rest = data.AsSpan();
        foreach (var element in elements)
        {
            BytesTensor.WriteElement(ref rest, element);
        }

        return new TestTensor(DataType.Bytes, new Shape(shape), data);
    }

    /// <summary>Makes a BYTES tensor of UTF-8 strings.</summary>
    public static TestTensor OfStrings(ReadOnlySpan<long> shape, params string[] elements)
        => OfBytes(shape, [.. elements.Select(Encoding.UTF8.GetBytes)]);

    /// <summary>Makes the FP32 tensor 0, 1/n, 2/n … of n elements, for which the expected outputs of the test data hold.</summary>
    public static TestTensor Ramp(params ReadOnlySpan<long> shape)
    {
        Shape.TryGetElementCount(shape, out var elementCount);
        var values = new float[elementCount];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)i / values.Length;
        }

        return Of(shape, values);
    }

    /// <summary>The elements as numbers.</summary>
    public ReadOnlySpan<T> Values<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data);

    /// <summary>The elements of a BYTES tensor.</summary>
    public IReadOnlyList<byte[]> Elements()
    {
        var elements = new List<byte[]>();
        ReadOnlySpan<byte> rest = Data;
        while (BytesTensor.TryReadElement(ref rest, out var element))
        {
            elements.Add(element.ToArray());
        }

        return elements;
    }

    /// <inheritdoc/>
    public bool Equals(TestTensor? other)
        => other is not null && DataType == other.DataType && Shape == other.Shape && Data.AsSpan().SequenceEqual(other.Data);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DataType, Shape, Data.Length);

    /// <inheritdoc/>
    public override string ToString() => $"{DataType.Name} {Shape} #{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Data))[..12]}";
}
