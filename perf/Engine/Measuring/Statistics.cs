namespace Camshaft.EngineBenchmark.Measuring;

/// <summary>What several rounds say together.</summary>
internal static class Statistics
{
    /// <summary>The median of something.</summary>
    public static double Median<T>(IEnumerable<T> items, Func<T, double> figure)
    {
        var sorted = items.Select(figure).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
