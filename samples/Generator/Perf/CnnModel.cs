using Camshaft.Backends;

namespace Camshaft.Samples.Perf;

/// <summary>
/// A small residual network over images of any batch, 100 classes. What its weights say means nothing; what they cost does.
/// </summary>
internal static class CnnModel
{
    private const int Side = 64;
    private const int ClassCount = 100;

    private const int NarrowWidth = 32;
    private const int WideWidth = 64;

    public static byte[] Create()
    {
        var network = new NetworkBuilder(seed: 12);
        network.Model.Input("image", DataType.Float32, "batch", "3", $"{Side}", $"{Side}");
        var features = Relu(network, network.Convolution("image", 3, NarrowWidth, stride: 2)); // 32x32
        features = network.Node("MaxPool", [features], OnnxAttribute.Of("kernel_shape", [2, 2]), OnnxAttribute.Of("strides", [2, 2])); // 16x16
        features = Residual(network, features, NarrowWidth);
        features = Relu(network, network.Convolution(features, NarrowWidth, WideWidth, stride: 2)); // 8x8
        features = Residual(network, features, WideWidth);
        var mean = network.Node("Flatten", [network.Node("GlobalAveragePool", [features])]);
        network.Output(network.Linear(mean, WideWidth, ClassCount), "logits", "batch", $"{ClassCount}");
        return network.Model.Build();
    }

    private static string Residual(NetworkBuilder network, string input, int width)
    {
        var inner = Relu(network, network.Convolution(input, width, width, stride: 1));
        return Relu(network, network.Node("Add", [input, network.Convolution(inner, width, width, stride: 1)]));
    }

    private static string Relu(NetworkBuilder network, string input) => network.Node("Relu", [input]);
}
