using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Camshaft.Engine.Telemetry;
using Camshaft.LiveConsole.Tests.Support;
using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests.Pages;

/// <summary>The page of one model, with real traffic on real models.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class ModelPageTests(Browser browser) : IAsyncLifetime
{
    private const int Requests = 9;

    private ConsoleServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RealModels.StartAsync("mnist", "squeezenet");

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Counts_are_the_senders_and_those_of_the_metrics()
    {
        var model = RealModels.Find(_server, "mnist");
        await using var page = await browser.OpenAsync(_server, "models/mnist");
        var statuses = new List<HttpStatusCode>();
        while (statuses.Count < Requests || !statuses.Contains(HttpStatusCode.GatewayTimeout))
        {
            using var answer = await TensorRequest.SendAsync(_server.Http, model, timeout: statuses.Count < Requests - 1 ? 60_000_000 : 1);
            statuses.Add(answer.StatusCode);
        }

        var answered = statuses.Count(static status => status == HttpStatusCode.OK);
        await ConsolePage.ExpectTextAsync(Outcome(page, "Answered"), Count(answered));
        await ConsolePage.ExpectTextAsync(Outcome(page, "deadline exceeded"), Count(statuses.Count(static status => status == HttpStatusCode.GatewayTimeout)));
        await ConsolePage.ExpectTextAsync(Outcome(page, "Requests").First, Count(statuses.Count));

        var metrics = await _server.Http.GetStringAsync(_server.MetricsAddress);
        Assert.Equal(answered, ReadMetric(metrics, "ok"));
        Assert.Equal(statuses.Count, Codes().Matches(metrics).Sum(static match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)));
        Assert.Contains("'mnist' version 1", await page.Page.Locator("table.failed td.message").First.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task The_median_on_the_page_is_that_of_Server_Timing_within_a_bucket()
    {
        var model = RealModels.Find(_server, "mnist");
        await using var page = await browser.OpenAsync(_server, "models/mnist");
        var times = new List<double>();
        for (var i = 0; i < Requests; i++)
        {
            using var answer = await TensorRequest.SendAsync(_server.Http, model);
            times.Add(double.Parse(Total().Match(answer.Headers.GetValues("Server-Timing").Single()).Groups[1].Value, CultureInfo.InvariantCulture));
        }

        times.Sort();

        await ConsolePage.ExpectTextAsync(Outcome(page, "Answered"), $"{Requests}");
        var shown = ReadMilliseconds(await page.Page.Locator(".figures div", new PageLocatorOptions { HasText = "p50" }).InnerTextAsync());
        var median = times[Requests / 2];

        // The page counts the sending too, which is not over when the header is written.
        var send = model.Recorder.GetStatistics(RequestStage.Send).Percentile99.TotalMilliseconds;
        Assert.InRange(GetBucket(shown), GetBucket(median) - 1, GetBucket(median + send) + 1);
    }

    [Fact]
    public async Task A_model_is_unloaded_and_loaded_from_its_page()
    {
        await using var page = await browser.OpenAsync(_server, "models/mnist");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Unload" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Unload" }).ClickAsync();
        await ConsolePage.ExpectTextAsync(page.Page.Locator(".head .state"), "Unloaded");

        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Load", Exact = true }).ClickAsync();
        await ConsolePage.ExpectTextAsync(page.Page.Locator(".head .state"), "Ready");
        await ConsolePage.ExpectTextAsync(page.Page.Locator(".head .outcome"), "Loaded.");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task An_alias_is_switched_from_the_page_of_what_it_is_to_stand_for()
    {
        await using var page = await browser.OpenAsync(_server, "models/mnist");
        await page.Page.GetByLabel("Let alias").FillAsync("digits");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Switch", Exact = true }).ClickAsync();

        await ConsolePage.ExpectTextAsync(page.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Aliases" }).Locator("tbody td"), "mnist@1");
        using var answer = await _server.Http.GetAsync("v2/models/digits/ready");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task The_page_says_how_requests_join_and_why()
    {
        var model = RealModels.Find(_server, "squeezenet");
        await using var page = await browser.OpenAsync(_server, "models/squeezenet");

        await ConsolePage.ExpectTextAsync(page.Page.Locator(".facts div", new PageLocatorOptions { HasText = "Why" }).First.Locator("dd"), model.Batching!.Reason);
        Assert.Equal(1, await page.Page.GetByRole(AriaRole.Img, new PageGetByRoleOptions { Name = "Time of a run by its rows" }).Locator("canvas").CountAsync());
    }

    [Fact]
    public async Task A_model_that_the_server_does_not_know_is_said_to_be_unknown()
    {
        await using var page = await browser.OpenAsync(_server, "models/absent");

        await ConsolePage.ExpectTextAsync(page.Page.Locator(".reason").First, "Model 'absent' is not known to this server.");
        Assert.Empty(page.Faults);
    }

    private static ILocator Outcome(ConsolePage page, string name) => page.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Outcomes" })
        .Locator(".facts div", new LocatorLocatorOptions { HasText = name }).Locator("dd");

    // As the page writes it. It takes chance to be late in 1 µs, sometimes a thousand times.
    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static int ReadMetric(string metrics, string code) =>
        int.Parse(Codes().Matches(metrics).Single(match => match.Groups[1].Value == code).Groups[2].Value, CultureInfo.InvariantCulture);

    private static int GetBucket(double milliseconds) => LatencyBuckets.GetBucket((long)(milliseconds * 1e6));

    private static double ReadMilliseconds(string figure)
    {
        var match = Figure().Match(figure);
        var number = double.Parse(match.Groups[1].Value, NumberStyles.Number, CultureInfo.InvariantCulture);
        return match.Groups[2].Value switch { "µs" => number / 1000, "s" => number * 1000, _ => number };
    }

    [GeneratedRegex(@"total;dur=([\d.]+)")]
    private static partial Regex Total();

    [GeneratedRegex("(?m)^camshaft_requests_total\\{(?=[^}]*model=\"mnist\")[^}]*code=\"(\\w+)\"[^}]*\\} (\\d+)$")]
    private static partial Regex Codes();

    [GeneratedRegex(@"p50\s+([\d.,]+)\s*(µs|ms|s)")]
    private static partial Regex Figure();
}
