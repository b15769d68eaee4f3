using Camshaft.Backends.Cuda;
using Camshaft.Testing.Cuda;

namespace Camshaft.Plugins.CudaModules.Tests.Samples;

/// <summary>The PTX of <c>sgemm</c>.</summary>
public sealed class SgemmTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, 100)]
    [InlineData(1, 40, 16)]
    [InlineData(40, 1, 17)]
    [InlineData(15, 15, 15)]
    [InlineData(16, 16, 16)]
    [InlineData(17, 17, 17)]
    [InlineData(31, 16, 33)]
    [InlineData(16, 33, 15)]
    [InlineData(32, 48, 64)]
    [InlineData(33, 17, 5)]
    [InlineData(70, 51, 40)]
    public void Matrices_of_any_size_are_multiplied(int m, int n, int k)
    {
        var (a, b) = (SampleNumbers.Draw(m * k, 1), SampleNumbers.Draw(k * n, 2));

        Assert.Equal(Reference.Multiply(a, b, m, n, k), Multiply(a, b, m, n, k, seed: m + n + k));
    }

    [Fact]
    public void Every_order_of_the_threads_gives_the_same() => Assert.All(Enumerable.Range(0, 50), static seed =>
    {
        var (a, b) = (SampleNumbers.Draw(18 * 20, 1), SampleNumbers.Draw(20 * 19, 2));

        Assert.Equal(Reference.Multiply(a, b, 18, 19, 20), Multiply(a, b, 18, 19, 20, seed));
    });

    [Fact]
    public void What_is_no_number_spoils_its_row_and_no_other()
    {
        var a = SampleNumbers.Draw(17 * 17, 1);
        a[3 * 17] = float.NaN;
        a[5 * 17] = float.PositiveInfinity;
        var c = Multiply(a, SampleNumbers.Draw(17 * 17, 2), 17, 17, 17);

        Assert.Equal(Enumerable.Repeat(3, 17), c.Select(static (value, index) => (value, index / 17)).Where(static pair => float.IsNaN(pair.value)).Select(static pair => pair.Item2));
        Assert.Equal(Enumerable.Repeat(5, 17), c.Select(static (value, index) => (value, index / 17)).Where(static pair => float.IsInfinity(pair.value)).Select(static pair => pair.Item2));
    }

    [Fact]
    public void A_block_of_another_form_is_refused()
    {
        using var bench = new KernelBench(SampleText.Read("sgemm"));
        var memory = bench.Upload<float>(1);

        Assert.Equal("cuLaunchKernel of 'sgemm'", Assert.Throws<CudaException>(() => bench.Launch("sgemm", new CudaExtent(1), new CudaExtent(256), memory, memory, memory, 1, 1, 1)).Call);
    }

    private static float[] Multiply(float[] a, float[] b, int m, int n, int k, int seed = 0)
    {
        using var bench = new KernelBench(SampleText.Read("sgemm"), seed);
        return SampleRun.Multiply(bench, a, b, m, n, k);
    }
}
