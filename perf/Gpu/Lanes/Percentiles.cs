namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>What many durations say together.</summary>
internal sealed class Percentiles
{
    private readonly double[] _sorted;

    /// <param name="microseconds">The durations; at least one.</param>
    public Percentiles(double[] microseconds)
    {
        _sorted = microseconds;
        Array.Sort(_sorted);
    }

    public double Median => Get(0.5);

    public double P99 => Get(0.99);

    private double Get(double part) => _sorted[(int)Math.Ceiling(part * _sorted.Length) - 1];
}
