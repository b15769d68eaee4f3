namespace Camshaft.HttpBenchmark;

/// <summary>What one server did in one run of wrk.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="P50">The median time of a request, in microseconds.</param>
/// <param name="P99">The time that one in a hundred exceeds, in microseconds.</param>
/// <param name="ProcessorMicroseconds">The server's processor time for a request.</param>
/// <param name="AllocatedBytes">The server's managed allocation for a request.</param>
internal sealed record Sample(double Rate, double P50, double P99, double ProcessorMicroseconds, double AllocatedBytes)
{
    /// <summary>Each figure's median.</summary>
    public static Sample Median(IReadOnlyList<Sample> samples) => new(
        Median(samples, static sample => sample.Rate),
        Median(samples, static sample => sample.P50),
        Median(samples, static sample => sample.P99),
        Median(samples, static sample => sample.ProcessorMicroseconds),
        Median(samples, static sample => sample.AllocatedBytes));

    /// <summary>The median of something.</summary>
    public static double Median<T>(IEnumerable<T> items, Func<T, double> figure)
    {
        var sorted = items.Select(figure).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
