using Camshaft.Backends;
using Camshaft.Samples;

namespace Camshaft.Testing;

/// <summary>An ONNX model whose run goes on until it is ended: input <c>x</c> and output <c>y</c>, FP32 [N].</summary>
public static class EndlessModel
{
    /// <summary>The bytes of its file.</summary>
    public static byte[] Create()
    {
        var body = new OnnxModelBuilder()
            .Input("iteration", DataType.Int64).Input("condition", DataType.Bool).Input("state", DataType.Float32, "N")
            .Output("again", DataType.Bool).Output("next", DataType.Float32, "N")
            .Node("Identity", ["condition"], ["again"])
            .Node("Neg", ["state"], ["next"]);
        return new OnnxModelBuilder()
            .Input("x", DataType.Float32, "N")
            .Output("y", DataType.Float32, "N")
            .Initializer("count", TestTensor.Of(DataType.Int64, [], long.MaxValue))
            .Initializer("true", TestTensor.Of(DataType.Bool, [], (byte)1))
            .Node("Loop", ["count", "true", "x"], ["y"], OnnxAttribute.Of("body", body))
            .Build();
    }
}
