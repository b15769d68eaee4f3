using System.Runtime.InteropServices;

namespace Camshaft.Testing;

/// <summary>Reads the FP32 tensors that are kept as serialised ONNX <c>TensorProto</c> messages.</summary>
public static class ExpectedOutput
{
    // Field numbers of TensorProto (onnx.proto): dims = 1, data_type = 2, float_data = 4, raw_data = 9.
    private const int Dims = 1;
    private const int ElementType = 2;
    private const int FloatData = 4;
    private const int RawData = 9;
    private const int OnnxFloat = 1;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It holds no FP32 tensor.</exception>
    public static TestTensor Read(string path)
    {
        var reader = new ProtobufReader(File.ReadAllBytes(path));
        var dimensions = new List<long>();
        var elementType = 0L;
        ReadOnlySpan<byte> data = default;
        while (reader.TryReadField(out var field))
        {
            switch (field)
            {
                case Dims when reader.IsLengthDelimited:
                    var packed = new ProtobufReader(reader.Bytes);
                    while (packed.TryReadVarint(out var length))
                    {
                        dimensions.Add(length);
                    }

                    break;
                case Dims:
                    dimensions.Add(reader.Number);
                    break;
                case ElementType:
                    elementType = reader.Number;
                    break;
                case FloatData or RawData:
                    data = reader.Bytes;
                    break;
            }
        }

        if (elementType != OnnxFloat)
        {
            throw new InvalidDataException($"'{path}' holds elements of ONNX type {elementType}; expected {OnnxFloat} (float).");
        }

        return TestTensor.Of(CollectionsMarshal.AsSpan(dimensions), MemoryMarshal.Cast<byte, float>(data));
    }
}
