namespace Camshaft.Load.Reporting;

/// <summary>Latency over percentile, the horizontal axis by the share of requests that took longer: 1 in 10, 1 in 100, and so on are equally far apart.</summary>
internal static class LatencyChart
{
    private const double LongestTail = 1e-6;
    private const int FewestRequests = 2;

    private static readonly double[] Percentiles = [0, 90, 99, 99.9, 99.99, 99.999];

    public static string Draw(IReadOnlyList<ModelReport> models)
    {
        var highest = models.Max(GetHighestPercentile);
        var chart = new SvgChart(
            new ChartAxis("percentile", GetPosition(highest), [.. Percentiles.Where(percentile => percentile <= highest).Select(static percentile => (GetPosition(percentile), FormattableString.Invariant($"{percentile:0.###}")))]),
            ChartAxis.Linear("ms", models.Max(static model => model.Latency.Max)));
        foreach (var model in models)
        {
            var last = GetHighestPercentile(model);
            chart.AddLine($"{model.Model}, {model.Arrivals}", [.. model.Latency.Curve.Select(point => (GetPosition(Math.Min(point.Percentile, last)), point.Milliseconds))]);
        }

        return chart.Write();
    }

    // As far to the right as there are requests to speak for it.
    private static double GetHighestPercentile(ModelReport model) => 100 * (1 - Math.Max(LongestTail, 1.0 / Math.Max(FewestRequests, model.Latency.Count)));

    private static double GetPosition(double percentile) => -Math.Log10(Math.Max(LongestTail, 1 - (percentile / 100)));
}
