using Camshaft.Backends;

namespace Camshaft.Samples.Perf;

/// <summary>
/// Puts a network together layer by layer: each call adds nodes with weights of its own, drawn by lot, and returns the name
/// of the tensor that comes out.
/// </summary>
internal sealed class NetworkBuilder(ulong seed)
{
    private readonly SeededRandom _random = new(seed);
    private int _count;

    public OnnxModelBuilder Model { get; } = new();

    /// <summary>Adds a node of one output.</summary>
    public string Node(string operatorType, string[] inputs, params OnnxAttribute[] attributes)
    {
        var output = NextName(operatorType);
        Model.Node(operatorType, inputs, [output], attributes);
        return output;
    }

    /// <summary>Names a tensor as an output of the model.</summary>
    public void Output(string tensor, string name, params string[] dimensions) =>
        Model.Node("Identity", [tensor], [name]).Output(name, DataType.Float32, dimensions);

    public string Constant(float value) => Add("constant", new Shape(), [value]);

    /// <summary>A list of integers, as operators take axes and shapes.</summary>
    public string Integers(params long[] values)
    {
        var name = NextName("integers");
        Model.Initializer(name, new Shape(values.Length), values);
        return name;
    }

    /// <summary>A table of numbers between -1 and 1.</summary>
    public string Table(int rows, int columns) => Add("table", new Shape(rows, columns), _random.NextFloats(rows * columns, 1f));

    /// <summary>Multiplies the last dimension by weights that keep the scale of what goes through, and adds a bias.</summary>
    public string Linear(string input, int inputCount, int outputCount)
    {
        var weights = Add("weights", new Shape(inputCount, outputCount), _random.NextFloats(inputCount * outputCount, MathF.Sqrt(3f / inputCount)));
        return Node("Add", [Node("MatMul", [input, weights]), Bias(outputCount)]);
    }

    /// <summary>A 3x3 convolution; twice the scale, since rectifiers halve it.</summary>
    public string Convolution(string input, int inputCount, int outputCount, int stride)
    {
        var weights = Add("weights", new Shape(outputCount, inputCount, 3, 3), _random.NextFloats(outputCount * inputCount * 9, MathF.Sqrt(6f / (inputCount * 9))));
        return Node("Conv", [input, weights, Bias(outputCount)], OnnxAttribute.Of("strides", [stride, stride]), OnnxAttribute.Of("pads", [1, 1, 1, 1]));
    }

    /// <summary>Normalises the last dimension.</summary>
    public string Normalize(string input, int count)
    {
        var scale = new float[count];
        Array.Fill(scale, 1f);
        return Node("LayerNormalization", [input, Add("scale", new Shape(count), scale), Bias(count)]);
    }

    private string Bias(int count) => Add("bias", new Shape(count), _random.NextFloats(count, 0.1f));

    private string Add(string kind, in Shape shape, ReadOnlySpan<float> values)
    {
        var name = NextName(kind);
        Model.Initializer(name, shape, values);
        return name;
    }

    private string NextName(string kind) => $"{kind}_{_count++}";
}
