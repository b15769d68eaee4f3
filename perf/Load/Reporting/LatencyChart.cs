namespace Camshaft.Load.Reporting;

/// <summary>Latency over percentile, the horizontal axis by the share of requests that took longer: 1 in 10, 1 in 100, and so on are equally far apart.</summary>
internal static class LatencyChart
{
    private const double LongestTail = 1e-6;

    private static readonly double[] Percentiles = [0, 90, 99, 99.9, 99.99, 99.999];

    public static string Draw(IReadOnlyList<ModelReport> models)
    {
        // As far to the right as there are requests to speak for it.
        var tail = Math.Max(LongestTail, 1.0 / Math.Max(10, models.Max(static model => model.Latency.Count)));
        var chart = new SvgChart(
            new ChartAxis("percentile", GetPosition(100 * (1 - tail)), [.. Percentiles.Where(percentile => percentile <= 100 * (1 - tail)).Select(static percentile => (GetPosition(percentile), FormattableString.Invariant($"{percentile:0.###}")))]),
            ChartAxis.Linear("ms", models.Max(static model => model.Latency.Max)));
        foreach (var model in models)
        {
            chart.AddLine($"{model.Model}, {model.Arrivals}", [.. model.Latency.Curve.Select(point => (Math.Min(GetPosition(point.Percentile), GetPosition(100 * (1 - tail))), point.Milliseconds))]);
        }

        return chart.Write();
    }

    private static double GetPosition(double percentile) => -Math.Log10(Math.Max(LongestTail, 1 - (percentile / 100)));
}
