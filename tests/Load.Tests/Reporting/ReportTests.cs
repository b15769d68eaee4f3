using System.Text.Json;
using System.Xml.Linq;
using Camshaft.Load.Plans;
using Camshaft.Load.Reporting;
using Camshaft.Load.Running;
using Camshaft.Load.Targets;
using Camshaft.Load.Tests.Support;

namespace Camshaft.Load.Tests.Reporting;

public sealed class ReportTests
{
    [Fact]
    public async Task The_page_is_well_formed_needs_nothing_else_and_shows_every_model_and_error()
    {
        var report = await MakeReportAsync();

        var page = HtmlReport.Write(report);

        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Contains("<td>a&lt;b&gt;</td>", page, StringComparison.Ordinal);
        Assert.Contains("p99 ≤ 20 ms missed", page, StringComparison.Ordinal);
        Assert.Contains("HTTP 503", page, StringComparison.Ordinal);
        var charts = page.Split("<svg ").Skip(1).Select(static chart => XDocument.Parse($"<svg {chart.Split("</svg>")[0]}</svg>")).ToList();
        Assert.Equal(3, charts.Count);
        Assert.All(charts, static chart => Assert.Single(chart.Descendants("polyline")));
    }

    [Fact]
    public async Task A_run_without_an_answer_makes_a_page_too()
    {
        var clock = new VirtualClock();
        var target = new VirtualTarget(clock, static now => now + 1) { Result = static () => new SendResult("HTTP 500", "no") };

        var page = HtmlReport.Write(await RunAsync(clock, target));

        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_in_the_JSON_are_those_of_the_documentation()
    {
        var json = JsonSerializer.SerializeToNode(await MakeReportAsync(), JsonSerializerOptions.Web)!;

        Assert.Equal(["target", "startedAt", "durationSeconds", "warmUpSeconds", "seed", "models", "generator"], Names(json));
        Assert.Equal(["processorsUsed", "processorCount", "isTargetInProcess", "warnings", "isSaturated"], Names(json["generator"]!));
        var model = json["models"]![0]!;
        Assert.Equal(
            [
                "model", "version", "arrivals", "isOpenLoop", "requests", "answered", "failed", "heldBack", "offeredPerSecond", "throughputPerSecond", "goodputPerSecond",
                "sloMilliseconds", "percentile", "meetsSlo", "latency", "responseTime", "errorTime", "sendLateness", "senderBusy", "errors", "timeline",
            ],
            Names(model));
        Assert.Equal(["count", "mean", "p50", "p90", "p95", "p99", "p99.9", "max", "curve"], Names(model["latency"]!));
        Assert.Equal(["kind", "count", "firstMessage"], Names(model["errors"]![0]!));
        Assert.Equal(["second", "answersPerSecond", "goodputPerSecond", "errorsPerSecond"], Names(model["timeline"]![0]!));
    }

    [Fact]
    public async Task A_generator_that_sends_late_says_so()
    {
        // Each send keeps the sending thread for as long as ten requests' distance.
        var clock = new VirtualClock();
        var target = new VirtualTarget(clock, now =>
        {
            clock.WaitUntil(now + 100_000_000, CancellationToken.None);
            return now;
        });

        var generator = (await RunAsync(clock, target)).Generator;

        Assert.True(generator.IsSaturated);
        Assert.Contains(generator.Warnings, static warning => warning.Contains("late or more; no more than 2 ms", StringComparison.Ordinal));
        Assert.Contains(generator.Warnings, static warning => warning.StartsWith("The sending thread of 'a<b>' was busy", StringComparison.Ordinal));
    }

    private static async Task<RunReport> MakeReportAsync()
    {
        var clock = new VirtualClock();
        var count = 0;
        return await RunAsync(clock, new VirtualTarget(clock, static now => now + 5_000_000) { Result = () => ++count % 3 == 0 ? new SendResult("HTTP 503", "full") : SendResult.Ok });
    }

    private static async Task<RunReport> RunAsync(VirtualClock clock, VirtualTarget target)
    {
        var plan = new LoadPlan([new ModelLoad("a<b>", new ConstantRate(100)) { Slo = TimeSpan.FromMilliseconds(20) }]) { Duration = TimeSpan.FromSeconds(10) };
        var generator = await LoadGenerator.OpenAsync(target, plan, clock, CancellationToken.None);
        return await generator.RunAsync(plan, null, CancellationToken.None);
    }

    private static IEnumerable<string> Names(System.Text.Json.Nodes.JsonNode node) => node.AsObject().Select(static property => property.Key);
}
