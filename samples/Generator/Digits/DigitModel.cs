using System.Text;
using Camshaft.Backends;

namespace Camshaft.Samples.Digits;

/// <summary>
/// The sample model <c>digits</c>. Its weights are trained, which takes a minute and whose last bits depend on the
/// processor's vectors; so its files are not among those that are made again and compared, and the committed model is
/// judged by its accuracy instead.
/// </summary>
internal static class DigitModel
{
    /// <summary>What the committed model was trained with.</summary>
    public const ulong TrainingSeed = 1;

    /// <summary>For images that no training has seen.</summary>
    public const ulong HeldOutSeed = 0x4F5554;

    /// <summary>How many batches the committed model was trained with.</summary>
    public const int BatchCount = 8_000;

    /// <summary>The model's files: path in the repository and bytes.</summary>
    public static IReadOnlyDictionary<string, byte[]> CreateFiles(DigitNetwork network) => new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
    {
        ["digits/1/model.onnx"] = CreateOnnx(network),
        ["digits/labels.txt"] = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10).Select(static digit => $"{digit}\n"))),
        ["digits/model.yaml"] = "description: Names the digit on a 28x28 grey image, FP32 [batch, 1, 28, 28] from 0 (dark) to 1; answers ten probabilities.\n"u8.ToArray(),
    };

    private static byte[] CreateOnnx(DigitNetwork network) => new OnnxModelBuilder()
        .Input("image", DataType.Float32, "batch", "1", $"{DigitImage.Side}", $"{DigitImage.Side}")
        .Output("probabilities", DataType.Float32, "batch", $"{DigitNetwork.OutputCount}")
        .Initializer("hidden_weights", new Shape(DigitNetwork.HiddenCount, DigitNetwork.InputCount), network.HiddenWeights)
        .Initializer("hidden_bias", new Shape(DigitNetwork.HiddenCount), network.HiddenBias)
        .Initializer("output_weights", new Shape(DigitNetwork.OutputCount, DigitNetwork.HiddenCount), network.OutputWeights)
        .Initializer("output_bias", new Shape(DigitNetwork.OutputCount), network.OutputBias)
        .Node("Flatten", ["image"], ["pixels"])
        .Node("Gemm", ["pixels", "hidden_weights", "hidden_bias"], ["hidden_sum"], OnnxAttribute.Of("transB", 1))
        .Node("Relu", ["hidden_sum"], ["hidden"])
        .Node("Gemm", ["hidden", "output_weights", "output_bias"], ["logits"], OnnxAttribute.Of("transB", 1))
        .Node("Softmax", ["logits"], ["probabilities"])
        .Build();
}
