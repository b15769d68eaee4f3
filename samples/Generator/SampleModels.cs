using System.Text;
using Camshaft.Backends;

namespace Camshaft.Samples;

/// <summary>The sample models. The first three are those that Triton's client examples call, by the same names.</summary>
public static class SampleModels
{
    private const int Int32 = 6;
    private const int Text = 8;

    /// <summary>Every file of the sample repository: its path in it and its bytes, the same at each call.</summary>
    public static IReadOnlyDictionary<string, byte[]> CreateFiles()
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        Add(files, "simple", "Adds and subtracts two INT32 tensors of shape [batch, 16].", CreateSimple());
        Add(files, "simple_string", "Adds and subtracts integers written as text, BYTES tensors of shape [batch, 16].", CreateSimpleString());
        Add(files, "simple_identity", "Answers the BYTES tensor that it is given.", CreateIdentity(DataType.Bytes));
        Add(files, "identity_fp32", "Answers the FP32 tensor that it is given.", CreateIdentity(DataType.Float32));
        Add(files, "sample_identity", "Answers the UINT8 tensor that it is given; run by the Sample plugin, in C#.", "operation: identity\ndatatype: UINT8\n"u8.ToArray(), "model.sample");
        return files;
    }

    private static void Add(SortedDictionary<string, byte[]> files, string name, string description, byte[] model, string fileName = "model.onnx")
    {
        files.Add($"{name}/model.yaml", Encoding.UTF8.GetBytes($"description: {description}\n"));
        files.Add($"{name}/1/{fileName}", model);
    }

    private static byte[] CreateSimple() => AddInputsAndOutputs(new OnnxModelBuilder(), DataType.Int32)
        .Node("Add", ["INPUT0", "INPUT1"], ["OUTPUT0"])
        .Node("Sub", ["INPUT0", "INPUT1"], ["OUTPUT1"])
        .Build();

    private static byte[] CreateSimpleString() => AddInputsAndOutputs(new OnnxModelBuilder(), DataType.Bytes)
        .Node("Cast", ["INPUT0"], ["left"], OnnxAttribute.Of("to", Int32))
        .Node("Cast", ["INPUT1"], ["right"], OnnxAttribute.Of("to", Int32))
        .Node("Add", ["left", "right"], ["sum"])
        .Node("Sub", ["left", "right"], ["difference"])
        .Node("Cast", ["sum"], ["OUTPUT0"], OnnxAttribute.Of("to", Text))
        .Node("Cast", ["difference"], ["OUTPUT1"], OnnxAttribute.Of("to", Text))
        .Build();

    private static byte[] CreateIdentity(DataType dataType) => new OnnxModelBuilder()
        .Input("INPUT0", dataType, "batch", "length")
        .Output("OUTPUT0", dataType, "batch", "length")
        .Node("Identity", ["INPUT0"], ["OUTPUT0"])
        .Build();

    private static OnnxModelBuilder AddInputsAndOutputs(OnnxModelBuilder model, DataType dataType) => model
        .Input("INPUT0", dataType, "batch", "16")
        .Input("INPUT1", dataType, "batch", "16")
        .Output("OUTPUT0", dataType, "batch", "16")
        .Output("OUTPUT1", dataType, "batch", "16");
}
