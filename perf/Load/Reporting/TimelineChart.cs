namespace Camshaft.Load.Reporting;

/// <summary>A rate over the measured time.</summary>
internal static class TimelineChart
{
    public static string Draw(IReadOnlyList<ModelReport> models, string unit, Func<TimelinePoint, double> read)
    {
        var chart = new SvgChart(
            ChartAxis.Linear("s", models.Max(static model => model.Timeline is [.., var last] ? last.Second : 0)),
            ChartAxis.Linear(unit, models.Max(model => model.Timeline.Select(read).DefaultIfEmpty().Max())));
        foreach (var model in models)
        {
            chart.AddLine($"{model.Model}, {model.Arrivals}", [.. model.Timeline.Select(point => (point.Second, read(point)))]);
        }

        return chart.Write();
    }
}
