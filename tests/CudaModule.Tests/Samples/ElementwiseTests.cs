using Camshaft.Testing.Cuda;

namespace Camshaft.Plugins.CudaModules.Tests.Samples;

/// <summary>The PTX of <c>vector_add</c> and <c>scale_bias_relu</c>.</summary>
public sealed class ElementwiseTests
{
    public static TheoryData<int> Lengths => [1, 2, 31, 32, 33, 255, 256, 257, 511, 512, 513, 1000, 4096];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Vectors_of_any_length_are_added(int length)
    {
        var (a, b) = (SampleNumbers.Draw(length, 1), SampleNumbers.Draw(length, 2));

        Assert.Equal(Reference.AddVectors(a, b), AddVectors(a, b));
    }

    [Fact]
    public void Sums_that_overflow_or_are_no_numbers_are_those_of_the_processor()
    {
        float[] a = [float.NaN, float.PositiveInfinity, float.PositiveInfinity, float.MaxValue, -0f, 1e-45f];
        float[] b = [1, 1, float.NegativeInfinity, float.MaxValue, -0f, 1e-45f];

        Assert.Equal([float.NaN, float.PositiveInfinity, float.NaN, float.PositiveInfinity, -0f, 2.8e-45f], AddVectors(a, b));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 256)]
    [InlineData(3, 100)]
    [InlineData(257, 1)]
    [InlineData(2, 255)]
    [InlineData(16, 33)]
    [InlineData(1, 1000)]
    public void Channels_are_scaled_shifted_and_cut_at_zero(int rows, int channels)
    {
        var (x, scale, bias) = (SampleNumbers.Draw(rows * channels, 1, 100), SampleNumbers.Draw(channels, 2), SampleNumbers.Draw(channels, 3));

        Assert.Equal(Reference.ScaleBiasRelu(x, scale, bias), ScaleBiasRelu(x, scale, bias));
    }

    [Fact]
    public void What_is_no_number_stays_so_and_is_not_cut_at_zero()
    {
        float[] x = [float.NaN, float.NegativeInfinity, float.PositiveInfinity, -1e-45f, 3e38f];

        Assert.Equal([float.NaN, 0, float.PositiveInfinity, 0, float.PositiveInfinity], ScaleBiasRelu(x, [1, 1, 1, 1, 2], [0, 0, 0, 0, 0]));
    }

    [Fact]
    public void The_product_is_fused_with_the_sum()
    {
        // Rounded in between this would be 0.
        var factor = 1 + MathF.Pow(2, -12);

        Assert.Equal([MathF.Pow(2, -24)], ScaleBiasRelu([factor], [factor], [-(1 + MathF.Pow(2, -11))]));
    }

    private static float[] AddVectors(float[] a, float[] b)
    {
        using var bench = new KernelBench(SampleText.Read("vector_add"), seed: a.Length);
        return SampleRun.AddVectors(bench, a, b);
    }

    private static float[] ScaleBiasRelu(float[] x, float[] scale, float[] bias)
    {
        using var bench = new KernelBench(SampleText.Read("scale_bias_relu"), seed: x.Length);
        return SampleRun.ScaleBiasRelu(bench, x, scale, bias);
    }
}
