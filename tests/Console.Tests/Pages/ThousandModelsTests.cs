using System.Globalization;
using Camshaft.LiveConsole.Tests.Support;
using Camshaft.Testing;
using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests.Pages;

/// <summary>A server with very many models.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ThousandModelsTests(Browser browser) : IAsyncLifetime
{
    private const int Count = 1000;

    private readonly TempDirectory _models = new();
    private ConsoleServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < Count; i++)
        {
            IdentityModels.Write(_models, NameOf(i), "warm_up: none\n");
        }

        // The web server's own limit would hide whether the console has one.
        _server = await ConsoleServer.StartAsync(_models.FullPath, static options => options.Limits.SendBytesPerSecond = 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task All_are_listed_sorted_and_found_with_few_rows_in_the_page()
    {
        await using var page = await browser.OpenAsync(_server);
        var all = page.Page.Locator(".segments button").First.Locator("span");
        await ConsolePage.ExpectTextAsync(all, "1,000");
        Assert.InRange(await page.Page.Locator("table.grid tbody tr:not(.space)").CountAsync(), 5, 60);
        Assert.Equal("1001", await page.Page.Locator("table.grid").GetAttributeAsync("aria-rowcount"));

        await page.Page.Locator("th[data-key=name] button").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator("th[data-key=name]")).ToHaveAttributeAsync("aria-sort", "descending");
        await Assertions.Expect(page.Row(NameOf(Count - 1))).ToBeVisibleAsync();

        await page.Page.Locator(".table-scroll").EvaluateAsync("node => node.scrollTo(0, node.scrollHeight)");
        await Assertions.Expect(page.Row(NameOf(0))).ToBeInViewportAsync();

        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("model-0777 ready");
        await ConsolePage.ExpectTextAsync(all, "1");
        await Assertions.Expect(page.Row("model-0777")).ToBeVisibleAsync();
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_second_in_which_one_model_worked_tells_of_that_one()
    {
        using var feed = await FeedReader.OpenAsync(_server.Http, "overview");
        Assert.Equal(Count, (await feed.ReadAsync())!.Value.Data["rows"]!.AsArray().Count);
        using var answer = await IdentityModels.InferAsync(_server.Http, NameOf(500));

        Assert.Equal([NameOf(500)], (await feed.ReadChangeAsync())["rows"]!.AsArray().Select(static row => (string)row!["name"]!));
    }

    [Fact]
    public async Task A_client_that_stops_reading_is_dropped_and_others_go_on()
    {
        using var feed = await FeedReader.OpenAsync(_server.Http, "overview");
        using var silent = new SilentClient();
        await silent.AskAsync(_server.Address, "overview");
        await ReadUntilAsync(feed, () => _server.Hub.ClientCount == 2);
        await ReadUntilAsync(feed, () => _server.Hub.ClientCount == 1);

        Assert.NotNull(await feed.ReadAsync());
    }

    private static async Task ReadUntilAsync(FeedReader feed, Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            timeout.Token.ThrowIfCancellationRequested();
            Assert.NotNull(await feed.ReadAsync());
        }
    }

    private static string NameOf(int i) => string.Create(CultureInfo.InvariantCulture, $"model-{i:0000}");
}
