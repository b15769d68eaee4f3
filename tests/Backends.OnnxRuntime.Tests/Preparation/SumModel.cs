using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Preparation;

/// <summary>y = x + w, with weights that are large enough for a file of their own.</summary>
internal static class SumModel
{
    public const int WeightCount = 1000;

    public static OnnxModelBuilder Create(float weight) => new OnnxModelBuilder()
        .Input("x", DataType.Float32, "1")
        .Output("y", DataType.Float32, $"{WeightCount}")
        .Initializer("w", new Shape(WeightCount), [.. Enumerable.Repeat(weight, WeightCount)])
        .Node("Add", ["x", "w"], ["y"]);

    /// <summary>The first element of what it answers to 1.</summary>
    public static float Run(ILoadedModel model) => CachedBackend.Run(model, [TestTensor.Of([1], 1f)])["y"].Values<float>()[0];
}
