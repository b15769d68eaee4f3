namespace Camshaft.BinaryBenchmark.Load;

/// <summary>What one server did in one turn.</summary>
/// <param name="Rate">Answers a second.</param>
/// <param name="P50">The median time from request to answer in microseconds; NaN where several are under way on a connection.</param>
/// <param name="P99">The time that one in a hundred exceeds.</param>
/// <param name="ProcessorMicroseconds">The server's processor time for an answer.</param>
/// <param name="AllocatedBytes">The managed bytes that the server took for an answer.</param>
internal sealed record LoadResult(double Rate, double P50, double P99, double ProcessorMicroseconds, double AllocatedBytes)
{
    /// <summary>Each figure's median.</summary>
    public static LoadResult Median(IReadOnlyList<LoadResult> results) => new(
        Median(results.Select(static result => result.Rate)),
        Median(results.Select(static result => result.P50)),
        Median(results.Select(static result => result.P99)),
        Median(results.Select(static result => result.ProcessorMicroseconds)),
        Median(results.Select(static result => result.AllocatedBytes)));

    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
