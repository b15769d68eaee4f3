using Camshaft.Testing.Cuda;

namespace Camshaft.Plugins.CudaModules.Tests.Samples;

/// <summary>The PTX of <c>softmax</c>.</summary>
public sealed class SoftmaxTests
{
    // A power's error is that of its exponent, which grows with the distance to the greatest value; beyond 87 it is zero in single precision.
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(1, 255, 1)]
    [InlineData(3, 256, 1)]
    [InlineData(5, 257, 1)]
    [InlineData(2, 1000, 10)]
    [InlineData(70, 7, 50)]
    [InlineData(4, 300, 1000)]
    [InlineData(1, 3000, 1)]
    public void Rows_of_any_length_become_shares_of_one(int rows, int columns, float factor)
    {
        var x = SampleNumbers.Draw(rows * columns, rows + columns, factor);
        var y = Softmax(x, columns);

        Assert.All(Reference.Softmax(x, columns).Zip(y), static pair => Assert.Equal(pair.First, pair.Second, Math.Max(1e-37, pair.First * Tolerance)));
        Assert.All(y.Chunk(columns), static row => Assert.Equal(1, row.Sum(static value => (double)value), 1e-5));
    }

    [Fact]
    public void Every_order_of_the_threads_gives_the_same()
    {
        var x = SampleNumbers.Draw(2 * 300, 1, 5);
        var first = Softmax(x, 300);

        Assert.All(Enumerable.Range(1, 20), seed => Assert.Equal(first, Softmax(x, 300, seed)));
    }

    [Fact]
    public void Great_values_do_not_overflow()
    {
        float[] x = [3e38f, 3e38f, -3e38f, 0, 1e30f, 1e30f, 88, 89, 90, -3e38f, -3e38f, -3e38f];

        Assert.Equal([0.5f, 0.5f, 0, 0], Softmax(x, 4)[..4]);
        Assert.Equal([0.5f, 0.5f, 0, 0], Softmax(x, 4)[4..8]);
        Assert.Equal([1, 0, 0, 0], Softmax(x, 4)[8..]);
    }

    [Fact]
    public void A_row_with_what_is_no_number_is_none_and_spoils_no_other()
    {
        float[] x = [1, float.NaN, 2, float.NegativeInfinity, 0, 0, float.PositiveInfinity, 1, 1, float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity];
        var y = Softmax(x, 3);

        Assert.All([.. y[..3], .. y[6..]], static value => Assert.Equal(float.NaN, value));
        Assert.Equal([0, 0.5f, 0.5f], y[3..6]);
    }

    private static float[] Softmax(float[] x, int columns, int seed = 0)
    {
        using var bench = new KernelBench(SampleText.Read("softmax"), seed);
        return SampleRun.Softmax(bench, x, columns);
    }
}
