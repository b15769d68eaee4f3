using System.Globalization;
using System.Runtime.InteropServices;
using Camshaft.Backends;

namespace Camshaft.Samples;

/// <summary>
/// Writes small ONNX models, the same bytes for the same calls. Nothing is checked, so that a test can have a model that
/// lies. Field numbers are those of <c>onnx.proto</c>.
/// </summary>
public sealed class OnnxModelBuilder
{
    // IR version 10 and opset 21 are what ONNX 1.16 wrote; every operator used here exists there.
    private const int IrVersion = 10;
    private const int OpsetVersion = 21;

    private readonly ProtobufWriter _graph = new ProtobufWriter().Text(2, "camshaft");

    /// <summary>ONNX's number for a datatype (<c>TensorProto.DataType</c>).</summary>
    public static int ElementTypeOf(DataType dataType) => dataType switch
    {
        DataType.Float32 => 1,
        DataType.UInt8 => 2,
        DataType.Int8 => 3,
        DataType.UInt16 => 4,
        DataType.Int16 => 5,
        DataType.Int32 => 6,
        DataType.Int64 => 7,
        DataType.Bytes => 8,
        DataType.Bool => 9,
        DataType.Float16 => 10,
        DataType.Float64 => 11,
        DataType.UInt32 => 12,
        DataType.UInt64 => 13,
        DataType.BFloat16 => 16,
        _ => throw new ArgumentOutOfRangeException(nameof(dataType), dataType, "ONNX has no such type."),
    };

    /// <summary>Adds an input. A dimension is a number, a name, or empty for a variable one without a name; null = no shape at all.</summary>
    public OnnxModelBuilder Input(string name, DataType dataType, params string[]? dimensions) => Add(11, name, TensorType(ElementTypeOf(dataType), dimensions));

    /// <summary>Adds an output.</summary>
    public OnnxModelBuilder Output(string name, DataType dataType, params string[]? dimensions) => Add(12, name, TensorType(ElementTypeOf(dataType), dimensions));

    /// <summary>Adds an output of an ONNX element type that Camshaft has no datatype for.</summary>
    public OnnxModelBuilder OutputOfElementType(string name, int elementType, params string[] dimensions) => Add(12, name, TensorType(elementType, dimensions));

    /// <summary>Adds an output that is a sequence of tensors.</summary>
    public OnnxModelBuilder SequenceOutput(string name, DataType dataType)
        => Add(12, name, new ProtobufWriter().Message(4, new ProtobufWriter().Message(1, TensorType(ElementTypeOf(dataType), []))));

    /// <summary>Adds a node.</summary>
    public OnnxModelBuilder Node(string operatorType, string[] inputs, string[] outputs, params OnnxAttribute[] attributes)
    {
        var node = new ProtobufWriter();
        foreach (var input in inputs)
        {
            node.Text(1, input);
        }

        foreach (var output in outputs)
        {
            node.Text(2, output);
        }

        node.Text(4, operatorType);
        foreach (var attribute in attributes)
        {
            node.Message(5, attribute.Message);
        }

        _graph.Message(1, node);
        return this;
    }

    /// <summary>Adds a constant of raw little-endian data.</summary>
    public OnnxModelBuilder Initializer(string name, DataType dataType, in Shape shape, ReadOnlySpan<byte> data)
    {
        _graph.Message(5, Header(name, dataType, shape).Bytes(9, data));
        return this;
    }

    /// <summary>Adds a constant of FP32 numbers.</summary>
    public OnnxModelBuilder Initializer(string name, in Shape shape, ReadOnlySpan<float> values) => Initializer(name, DataType.Float32, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a constant of INT64 numbers.</summary>
    public OnnxModelBuilder Initializer(string name, in Shape shape, ReadOnlySpan<long> values) => Initializer(name, DataType.Int64, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a constant of strings.</summary>
    public OnnxModelBuilder StringInitializer(string name, in Shape shape, IEnumerable<byte[]> elements)
    {
        var message = Header(name, DataType.Bytes, shape);
        foreach (var element in elements)
        {
            message.Bytes(6, element);
        }

        _graph.Message(5, message);
        return this;
    }

    /// <summary>Adds a constant whose bytes lie at the start of a file beside the model.</summary>
    public OnnxModelBuilder ExternalInitializer(string name, DataType dataType, in Shape shape, string fileName)
    {
        _graph.Message(5, Header(name, dataType, shape)
            .Message(13, new ProtobufWriter().Text(1, "location").Text(2, fileName))
            .Number(14, 1));
        return this;
    }

    /// <summary>The graph alone, as the body of a control flow operator.</summary>
    internal ProtobufWriter ToGraph() => _graph;

    /// <summary>The model file's bytes.</summary>
    /// <param name="opsetVersion">The version of ONNX's operators that the file asks for.</param>
    public byte[] Build(int opsetVersion = OpsetVersion)
        => new ProtobufWriter()
            .Number(1, IrVersion)
            .Message(8, new ProtobufWriter().Text(1, "").Number(2, opsetVersion))
            .Message(7, _graph)
            .ToArray();

    private static ProtobufWriter Header(string name, DataType dataType, in Shape shape)
    {
        var message = new ProtobufWriter();
        foreach (var length in shape.Dimensions)
        {
            message.Number(1, length);
        }

        return message.Number(2, ElementTypeOf(dataType)).Text(8, name);
    }

    private static ProtobufWriter TensorType(int elementType, string[]? dimensions)
    {
        var tensorType = new ProtobufWriter().Number(1, elementType);
        if (dimensions is not null)
        {
            var shape = new ProtobufWriter();
            foreach (var dimension in dimensions)
            {
                shape.Message(1, Dimension(dimension));
            }

            tensorType.Message(2, shape);
        }

        return new ProtobufWriter().Message(1, tensorType);
    }

    private static ProtobufWriter Dimension(string text)
        => text.Length == 0 ? new ProtobufWriter()
            : long.TryParse(text, CultureInfo.InvariantCulture, out var length) ? new ProtobufWriter().Number(1, length)
            : new ProtobufWriter().Text(2, text);

    private OnnxModelBuilder Add(int field, string name, ProtobufWriter type)
    {
        _graph.Message(field, new ProtobufWriter().Text(1, name).Message(2, type));
        return this;
    }
}
