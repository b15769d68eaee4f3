using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu.TensorRt;

public sealed class OptimizationProfileTests
{
    private static readonly TensorSpec Image = new("image:0", DataType.Float32, new Shape(Shape.Variable, 3, 224)) { BatchAxis = 0 };
    private static readonly TensorSpec Mask = new("mask", DataType.Float32, new Shape(5, Shape.Variable)) { BatchAxis = 1 };
    private static readonly TensorSpec Scale = new("scale", DataType.Float32, new Shape(7));

    [Fact]
    public void A_profile_goes_from_one_row_to_the_most_that_join()
    {
        var profile = OptimizationProfile.Derive(Sign(Image, Mask, Scale), 16, out var obstacle);

        Assert.Null(obstacle);
        Assert.Equal(new OptimizationProfile("image:0:1x3x224,mask:5x1", "image:0:16x3x224,mask:5x16", "image:0:16x3x224,mask:5x16"), profile);
    }

    [Theory]
    [InlineData(null, "mask:5x32")]
    [InlineData(1, "mask:5x32")]
    [InlineData(2, "mask:5x2")]
    public void Where_nothing_is_said_of_batches_they_are_taken_to_be_as_large_as_usual(int? maxBatchSize, string largest) =>
        Assert.Equal(largest, OptimizationProfile.Derive(Sign(Mask), maxBatchSize, out _)!.Max);

    [Fact]
    public void Fixed_shapes_need_none() => Assert.Equal(OptimizationProfile.Fixed, OptimizationProfile.Derive(Sign(Scale), 8, out _));

    [Fact]
    public void Another_variable_dimension_is_an_obstacle()
    {
        Assert.Null(OptimizationProfile.Derive(Sign(Image, new TensorSpec("text", DataType.Int64, new Shape(Shape.Variable, Shape.Variable)) { BatchAxis = 0 }), 8, out var obstacle));
        Assert.StartsWith("dimension 1 of 'text' varies", obstacle, StringComparison.Ordinal);
        Assert.Null(OptimizationProfile.Derive(Sign(Mask with { BatchAxis = null }), 8, out _));
    }

    [Theory]
    [InlineData("x:1", "x:2", "x:1")]
    [InlineData("x:2", "x:1", "x:4")]
    [InlineData("x:1", "x:2", "y:4")]
    [InlineData("x:1x1", "x:2", "x:4")]
    [InlineData("x:1,x:2", "x:2", "x:4")]
    [InlineData("x", "x", "x")]
    [InlineData("x:", "x:", "x:")]
    [InlineData(":1", ":1", ":1")]
    [InlineData("x:a", "x:a", "x:a")]
    [InlineData("x:-1", "x:1", "x:1")]
    [InlineData("x:99999999999999999999", "x:1", "x:1")]
    public void What_is_no_profile_is_refused_also_on_the_processors(string min, string opt, string max)
    {
        var refusal = Plugin.LoadRefused(Models.Double(), ("trt_profile_min_shapes", min), ("trt_profile_opt_shapes", opt), ("trt_profile_max_shapes", max));

        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Contains("are no profile; expected the same inputs in each", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_profile_is_refused() => Assert.Contains(
        "expected all three, or none", Plugin.LoadRefused(Models.Double(), ("trt_profile_min_shapes", "x:1"), ("trt_profile_max_shapes", "x:2")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 5, true)]
    [InlineData(4, 8, true)]
    [InlineData(5, 5, false)]
    [InlineData(1, 4, false)]
    [InlineData(10, 20, true)]
    [InlineData(4, 20, false)]
    public void A_batch_is_covered_where_one_profile_has_all_its_shapes(int rows, int length, bool isCovered)
    {
        var signature = Sign(new TensorSpec("x", DataType.Float32, new Shape(-1)), new TensorSpec("z", DataType.Float32, new Shape(-1)), Scale);
        var built = new BuiltShapes(new OptimizationProfile("x:1,z:5,x:10,z:20", "x:2,z:6,x:10,z:20", "x:4,z:8,x:12,z:22"), signature);
        using var batch = new TestExecution(signature, [TestTensor.Ramp(rows), TestTensor.Ramp(length), TestTensor.Ramp(7)]);

        Assert.Equal(isCovered, built.Cover(batch));
    }

    [Fact]
    public void Without_variable_shapes_every_batch_is_covered()
    {
        using var batch = new TestExecution(Sign(Scale), [TestTensor.Ramp(7)]);

        Assert.True(new BuiltShapes(OptimizationProfile.Fixed, Sign(Scale)).Cover(batch));
    }

    private static ModelSignature Sign(params TensorSpec[] inputs) => new(inputs, [new TensorSpec("y", DataType.Float32, new Shape(1))]);
}
