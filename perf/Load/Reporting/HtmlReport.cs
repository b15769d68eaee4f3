using System.Globalization;
using System.Net;
using System.Text;

namespace Camshaft.Load.Reporting;

/// <summary>A report as one page that needs nothing else: no script, no network.</summary>
public static class HtmlReport
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 68rem; padding: 0 1rem; color: #1c2430; background: #fff; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid #d9dee5; } th:first-child, td:first-child, td.text { text-align: left; }
        .warning { background: #fff3d6; border-left: 4px solid #d89000; padding: .5rem 1rem; } .missed { color: #b3261e; font-weight: 600; } .met { color: #1b7f3b; }
        svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: #4a5565; }
        """;

    /// <summary>Writes the page.</summary>
    public static string Write(RunReport report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Load on {Text(report.Target)}</title><style>{Style}</style></head><body>
            <h1>Load on {Text(report.Target)}</h1>
            <p>{report.StartedAt:yyyy-MM-dd HH:mm:ss} UTC · {report.DurationSeconds:0.###} s measured after {report.WarmUpSeconds:0.###} s of warm-up · seed {report.Seed} · the generator used {report.Generator.ProcessorsUsed:0.00} of {report.Generator.ProcessorCount} processors{(report.Generator.IsTargetInProcess ? ", the models' work included" : "")}</p>

            """);
        AppendWarnings(page, report);
        AppendModels(page, report.Models);
        AppendCharts(page, report.Models);
        AppendErrors(page, report.Models);
        return page.Append("</body></html>\n").ToString();
    }

    private static void AppendWarnings(StringBuilder page, RunReport report)
    {
        if (report.Generator.IsSaturated)
        {
            page.Append("<p class=\"warning\"><strong>The generator did not keep its times: these figures say more of it than of the target.</strong> ");
            page.Append(Text(string.Join(' ', report.Generator.Warnings))).Append("</p>\n");
        }

        if (report.Models.Any(static model => !model.IsOpenLoop))
        {
            page.Append("<p>A closed loop stops asking while it waits: its latencies say nothing of how long users would wait.</p>\n");
        }
    }

    private static void AppendModels(StringBuilder page, IReadOnlyList<ModelReport> models)
    {
        page.Append("<table><tr><th>Model</th><th>Arrivals</th><th>Offered/s</th><th>Throughput/s</th><th>Goodput/s</th><th>p50 ms</th><th>p90 ms</th><th>p99 ms</th><th>p99.9 ms</th><th>Max ms</th><th>Errors</th><th>SLO</th></tr>\n");
        foreach (var model in models)
        {
            page.Append(CultureInfo.InvariantCulture, $"""
                <tr><td>{Text(model.Model)}</td><td class="text">{Text(model.Arrivals)}</td><td>{model.OfferedPerSecond:0.0}</td><td>{model.ThroughputPerSecond:0.0}</td><td>{(model.GoodputPerSecond is { } goodput ? goodput.ToString("0.0", CultureInfo.InvariantCulture) : "–")}</td><td>{model.Latency.P50:0.00}</td><td>{model.Latency.P90:0.00}</td><td>{model.Latency.P99:0.00}</td><td>{model.Latency.P999:0.00}</td><td>{model.Latency.Max:0.00}</td><td>{model.Failed}</td>{DescribeSlo(model)}</tr>

                """);
        }

        page.Append("</table>\n");
    }

    private static string DescribeSlo(ModelReport model) => model.MeetsSlo is { } meets
        ? string.Create(CultureInfo.InvariantCulture, $"<td class=\"{(meets ? "met" : "missed")}\">p{model.Percentile:0.###} ≤ {model.SloMilliseconds:0.###} ms {(meets ? "kept" : "missed")}</td>")
        : "<td>–</td>";

    private static void AppendCharts(StringBuilder page, IReadOnlyList<ModelReport> models)
    {
        page.Append("<h2>Latency by percentile</h2>\n").Append(LatencyChart.Draw(models));
        page.Append("<h2>Answers a second</h2>\n").Append(TimelineChart.Draw(models, "answers/s", static point => point.AnswersPerSecond));
        page.Append("<h2>Errors a second</h2>\n").Append(TimelineChart.Draw(models, "errors/s", static point => point.ErrorsPerSecond));
    }

    private static void AppendErrors(StringBuilder page, IReadOnlyList<ModelReport> models)
    {
        if (models.All(static model => model.Errors.Count == 0))
        {
            return;
        }

        page.Append("<h2>Errors by kind</h2>\n<table><tr><th>Model</th><th>Kind</th><th>Count</th><th>First message</th></tr>\n");
        foreach (var (model, error) in models.SelectMany(static model => model.Errors.Select(error => (model, error))))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(model.Model)}</td><td class=\"text\">{Text(error.Kind)}</td><td>{error.Count}</td><td class=\"text\">{Text(error.FirstMessage)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
