using System.Text.Json.Nodes;
using Camshaft.LiveConsole.Tests.Support;
using Camshaft.Server.CommandLine.Top;
using Camshaft.Testing;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests.Pages;

/// <summary>GPUs on the pages and in <c>camshaft top</c>, with simulated ones.</summary>
[Collection(BrowserCollection.Name)]
public sealed class GpuTests(Browser browser) : IAsyncLifetime
{
    private GpuServer _gpus = null!;

    public async ValueTask InitializeAsync() => _gpus = await GpuServer.StartAsync();

    public ValueTask DisposeAsync() => _gpus.DisposeAsync();

    [Fact]
    public async Task Each_GPU_has_a_line_with_what_it_tells_and_its_models()
    {
        await _gpus.RunAsync(3);
        await using var page = await browser.OpenAsync(_gpus.Server);
        await ExpectAsync(Gpu(page, "cuda:0"), "83.0", "12.9\u2009GB of 85.9\u2009GB in use", "413 W", "of 700 W", "64 °C", "0 busy", "vector_add");
        await ExpectAsync(Gpu(page, "cuda:1"), "works", "–", "67.1\u2009MB in all", "none");

        // Figures move as sensors do.
        _gpus.Gpus.Set(0, Testing.Cuda.SimulatedGpus.Talkative with { Utilization = 17, Celsius = 41 });
        await ExpectAsync(Gpu(page, "cuda:0"), "17.0", "41 °C");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_models_page_tells_its_device_time_and_memory()
    {
        await _gpus.RunAsync(7);
        await using var page = await browser.OpenAsync(_gpus.Server, "models/vector_add");
        var card = page.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "GPU", Exact = true });

        await ExpectAsync(card, "cuda:0 · ", "21.0 ms since the server knows the version", "of 1.0\u2009MB that it may take");
        await page.Page.GotoAsync(new Uri(_gpus.Server.Address, "console/#/models/on_processors").ToString());
        await ConsolePage.ExpectTextAsync(page.Page.Locator("h1"), "on_processors");
        await page.WaitForLiveAsync();
        await Assertions.Expect(card).ToBeHiddenAsync();
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_GPU_that_fails_shows_its_reason_in_the_same_place_and_in_an_alert()
    {
        await using var page = await browser.OpenAsync(_gpus.Server);
        var panel = page.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "GPUs" });
        await ExpectAsync(Gpu(page, "cuda:0"), "works");
        var before = await panel.BoundingBoxAsync();
        await _gpus.FailAsync();

        await ExpectAsync(Gpu(page, "cuda:0"), "GPU 0 has failed, and works again only after a restart of the server", "vector_add");
        await ExpectAsync(Gpu(page, "cuda:1"), "works");
        await ConsolePage.ExpectTextAsync(page.Row("vector_add").Locator(".state"), "Failed");
        var after = await panel.BoundingBoxAsync();
        Assert.Equal((before!.Width, before.Height), (after!.Width, after.Height));
        await ExpectAsync(page.Page.Locator(".alerts"), "Device cuda:0 has failed");
        await page.Page.GotoAsync(new Uri(_gpus.Server.Address, "console/#/models/vector_add").ToString());
        await ExpectAsync(page.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "GPU", Exact = true }), "CUDA_ERROR_ILLEGAL_ADDRESS", "none: it is not there");
    }

    [Fact]
    public async Task Lanes_of_two_devices_are_told_apart_though_they_have_the_same_names()
    {
        await using var page = await browser.OpenAsync(_gpus.Server, "lanes");
        await _gpus.RunAsync(20);
        var lines = page.Page.Locator(".shares tbody tr");

        await Assertions.Expect(lines.Filter(new LocatorFilterOptions { HasText = "· cuda:0" }).Filter(new LocatorFilterOptions { HasText = "vector_add 100" })).Not.ToHaveCountAsync(0);
        await Assertions.Expect(lines.Filter(new LocatorFilterOptions { HasText = "· cuda:1" }).Filter(new LocatorFilterOptions { HasText = "vector_add" })).ToHaveCountAsync(0);
        await PictureAsync(page, "gpu-lanes.png");
        Assert.Empty(page.Faults);
    }

    [Theory]
    [InlineData("", ColorScheme.Light, false)]
    [InlineData("", ColorScheme.Dark, true)]
    [InlineData("models/vector_add", ColorScheme.Light, true)]
    [InlineData("models/vector_add", ColorScheme.Dark, false)]
    public async Task A_page_with_GPUs_breaks_no_rule_of_accessibility(string route, ColorScheme scheme, bool hasFailed)
    {
        await _gpus.RunAsync(2);
        if (hasFailed)
        {
            await _gpus.FailAsync();
        }

        await using var page = await browser.OpenAsync(_gpus.Server, route, new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        await Assertions.Expect(page.Page.GetByText("cuda:0").First).ToBeVisibleAsync();
        if (hasFailed)
        {
            await ExpectAsync(page.Page.Locator(".alerts"), "Device cuda:0 has failed");
        }

        var report = await page.Page.RunAxe();
        await PictureAsync(page, $"gpu-{(route.Length == 0 ? "models" : "model")}-{scheme}.png");

        Assert.Empty(report.Violations.SelectMany(static violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html} {node.Any.FirstOrDefault()?.Message}")));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task Utilization_has_a_history_with_gaps_where_it_was_not_told()
    {
        // A column is there when its five seconds are over.
        JsonNode history;
        var deadline = Environment.TickCount64 + 60_000;
        do
        {
            Assert.True(Environment.TickCount64 < deadline, "There is no column within a minute.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
            using var feed = await FeedReader.OpenAsync(_gpus.Server.Http, "overview");
            history = (await feed.ReadAsync())!.Value.Data["history"]!["utilization"]!;
        }
        while (!history["cuda:0"]!.AsArray().Any(static value => (double?)value is > 0.82));

        Assert.Null(history["cuda:0"]![0]);
        Assert.All(history["cuda:1"]!.AsArray(), Assert.Null);
    }

    [Fact]
    public async Task Without_a_GPU_there_is_no_panel()
    {
        using var models = new TempDirectory();
        IdentityModels.Write(models, "first");
        await using var server = await ConsoleServer.StartAsync(models.FullPath);
        await using var page = await browser.OpenAsync(server);
        await Assertions.Expect(page.Row("first")).ToBeVisibleAsync();

        await Assertions.Expect(page.Page.Locator(".gpus")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Top_has_a_line_for_each_GPU()
    {
        await _gpus.RunAsync(1);
        var working = await WriteTopAsync();
        await _gpus.FailAsync();
        var failed = await WriteTopAsync();

        Assert.Matches("^cuda:0 .*: 83 % busy, models 0 of 60 MB, 12885 of 85899 MB in use, 413 W of 700, 64 C, 0 of 5 lanes busy$", working[1]);
        Assert.Matches("^cuda:1 .*: models 0 of 60 MB, 0 of 5 lanes busy$", working[2]);
        Assert.Matches("^cuda:0 .*: FAILED: GPU 0 has failed, and works again only after a restart of the server: .*CUDA_ERROR_ILLEGAL_ADDRESS", failed[1]);
    }

    // For whoever looks: the directory that CAMSHAFT_SCREENSHOTS names gets a picture.
    private static async Task PictureAsync(ConsolePage page, string file)
    {
        if (Environment.GetEnvironmentVariable("CAMSHAFT_SCREENSHOTS") is { Length: > 0 } directory)
        {
            await page.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(directory, file), FullPage = true });
        }
    }

    private static ILocator Gpu(ConsolePage page, string device) => page.Page.Locator(".gpus tbody tr", new PageLocatorOptions { HasText = device });

    private static async Task ExpectAsync(ILocator locator, params string[] texts)
    {
        foreach (var text in texts)
        {
            await Assertions.Expect(locator).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        }
    }

    private async Task<string[]> WriteTopAsync()
    {
        using var output = new StringWriter();
        new TopView(await _gpus.Server.ReadOverviewAsync()).WritePlain(output, TopSort.All[0]);
        return output.ToString().Split(output.NewLine);
    }
}
