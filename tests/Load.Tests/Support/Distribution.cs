namespace Camshaft.Load.Tests.Support;

/// <summary>Percentiles from a distribution's formula.</summary>
internal static class Distribution
{
    /// <summary>Solves the share of longer durations for the duration, in seconds.</summary>
    public static double FindPercentile(double percentile, Func<double, double> shareLonger)
    {
        var (low, high) = (0.0, 1e6);
        for (var i = 0; i < 200; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = shareLonger(middle) > 1 - (percentile / 100) ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>An exponential duration in nanoseconds.</summary>
    public static long DrawExponential(Random random, double meanSeconds) => (long)(-Math.Log(1 - random.NextDouble()) * meanSeconds * 1e9);
}
