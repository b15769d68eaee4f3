using System.Globalization;
using Camshaft.Load.Reporting;
using Camshaft.Load.Searching;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine.Bench;

/// <summary>Reports for people.</summary>
internal static class BenchTables
{
    public static void Write(TextWriter output, RunReport report)
    {
        // Two tables, since one would not fit a terminal's width.
        var rates = new Table("MODEL", "ARRIVALS", "OFFERED/S", "THROUGHPUT/S", "GOODPUT/S", "ERRORS");
        var latencies = new Table("MODEL", "P50 MS", "P90 MS", "P99 MS", "P99.9 MS", "MAX MS", "SLO");
        foreach (var model in report.Models)
        {
            rates.Add(
                model.Model,
                model.Arrivals,
                Format(model.OfferedPerSecond, "0.0"),
                Format(model.ThroughputPerSecond, "0.0"),
                model.GoodputPerSecond is { } goodput ? Format(goodput, "0.0") : "-",
                model.Failed.ToString(CultureInfo.InvariantCulture));
            latencies.Add(
                model.Model,
                Format(model.Latency.P50, "0.00"),
                Format(model.Latency.P90, "0.00"),
                Format(model.Latency.P99, "0.00"),
                Format(model.Latency.P999, "0.00"),
                Format(model.Latency.Max, "0.00"),
                DescribeSlo(model));
        }

        rates.Write(output);
        output.WriteLine();
        latencies.Write(output);
        WriteErrors(output, report);
        WriteGenerator(output, report);
    }

    public static void Write(TextWriter output, MaxRateReport report)
    {
        if (report.Best is not { } best)
        {
            output.WriteLine("No rate keeps the SLO.");
            return;
        }

        foreach (var rate in report.MaxRates)
        {
            output.WriteLine($"{rate.Model}: {Format(rate.PerSecond, "0.##")} requests/s is the highest rate that was seen to keep the SLO.");
        }

        if (report.IsGeneratorLimit)
        {
            output.WriteLine("The generator did not keep its times above that: the target may bear more.");
        }

        output.WriteLine();
        Write(output, best);
    }

    private static void WriteErrors(TextWriter output, RunReport report)
    {
        if (report.Models.All(static model => model.Errors.Count == 0))
        {
            return;
        }

        output.WriteLine();
        var table = new Table("MODEL", "ERROR", "COUNT", "FIRST MESSAGE");
        foreach (var (model, error) in report.Models.SelectMany(static model => model.Errors.Select(error => (model, error))))
        {
            table.Add(model.Model, error.Kind, error.Count.ToString(CultureInfo.InvariantCulture), error.FirstMessage.ReplaceLineEndings(" "));
        }

        table.Write(output);
    }

    private static void WriteGenerator(TextWriter output, RunReport report)
    {
        var generator = report.Generator;
        output.WriteLine();
        output.WriteLine($"Generator: {Format(generator.ProcessorsUsed, "0.00")} of {generator.ProcessorCount} processors{(generator.IsTargetInProcess ? ", the models' work included" : "")}{DescribeLateness(report)}.");
        if (generator.IsSaturated)
        {
            output.WriteLine($"The generator did not keep its times: these figures say more of it than of the target. {string.Join(' ', generator.Warnings)}");
        }

        foreach (var model in report.Models.Where(static model => model.HeldBack > 0))
        {
            output.WriteLine($"{model.Model}: {model.HeldBack} requests were sent late or never, since too many others were unanswered; latencies count from when requests were due.");
        }
    }

    private static string DescribeLateness(RunReport report) => report.Models.Where(static model => model.IsOpenLoop).ToList() is { Count: > 0 } open
        ? $"; requests were sent up to {Format(open.Max(static model => model.SendLateness.P50), "0.00")} ms late at the median, {Format(open.Max(static model => model.SendLateness.P99), "0.00")} ms at p99"
        : "";

    private static string DescribeSlo(ModelReport model) => model.MeetsSlo is { } meets
        ? $"p{Format(model.Percentile, "0.###")} <= {Format(model.SloMilliseconds!.Value, "0.###")} ms {(meets ? "kept" : "missed")}"
        : "-";

    private static string Format(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
