using System.Globalization;
using Camshaft.Engine.Models;
using Camshaft.LiveConsole.Tests.Support;
using Camshaft.Testing;
using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests.Pages;

/// <summary>The page of all models, in a browser.</summary>
[Collection(BrowserCollection.Name)]
public sealed class OverviewPageTests(Browser browser) : IAsyncLifetime
{
    private const string Markup = "<img src=x onerror=alert(1)>";

    private readonly TempDirectory _models = new();
    private ConsoleServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        IdentityModels.Write(_models, "first");
        IdentityModels.Write(_models, Markup, $"description: \"{Markup}\"\n");
        _models.Write("broken/1/model.sample", "operation: <b>none</b>\n"u8);
        _server = await ConsoleServer.StartAsync(_models.FullPath, static options =>
        {
            options.ModelControlMode = ModelControlMode.Explicit;
            options.LoadModels = ["first", Markup];
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task The_rate_on_the_page_is_the_senders()
    {
        await using var page = await browser.OpenAsync(_server);
        await using var traffic = new Traffic(_server.Http, "first", 100);
        var differences = new Queue<double>();
        var rate = page.Row("first").Locator("td").Nth(1);

        // Nine seconds on end, since a busy machine sends by fits and starts for some.
        for (var reading = 0; reading < 60 && (differences.Count < 9 || differences.Order().ElementAt(4) > 0.02); reading++)
        {
            // Each reading is another second's; the first five seconds count the time before the traffic too.
            var before = await rate.InnerTextAsync();
            await Assertions.Expect(rate).Not.ToHaveTextAsync(before, new LocatorAssertionsToHaveTextOptions { Timeout = 30_000 });
            var expected = traffic.CountSince(TimeSpan.FromSeconds(5)) / 5.0;
            if (expected > 50)
            {
                differences.Enqueue(Math.Abs((double.Parse(await rate.InnerTextAsync(), NumberStyles.Number, CultureInfo.InvariantCulture) / expected) - 1));
                if (differences.Count > 9)
                {
                    differences.Dequeue();
                }
            }
        }

        Assert.Equal(9, differences.Count);
        Assert.InRange(differences.Order().ElementAt(4), 0, 0.02);
    }

    [Fact]
    public async Task A_model_that_fails_shows_its_reason_as_text()
    {
        await using var page = await browser.OpenAsync(_server);
        using var answer = await _server.Http.PostAsync("v2/repository/models/broken/load", null);
        Assert.False(answer.IsSuccessStatusCode);

        await ConsolePage.ExpectTextAsync(page.Row("broken").Locator(".state"), "Failed");
        Assert.Contains("names the operation '<b>none</b>'", await page.Row("broken").Locator(".model .detail").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_name_with_markup_is_text_on_every_page()
    {
        await using var page = await browser.OpenAsync(_server);
        await page.Row(Markup).GetByRole(AriaRole.Link).ClickAsync();
        await ConsolePage.ExpectTextAsync(page.Page.Locator("h1"), Markup);
        await ConsolePage.ExpectTextAsync(page.Page.Locator(".description"), Markup);
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Try it" }).Last.ClickAsync();
        await Assertions.Expect(page.Page.Locator("#model")).ToHaveValueAsync(Markup);
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator(".output h3")).ToHaveTextAsync("OUTPUT0");
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Lanes", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("h1")).ToHaveTextAsync("Lanes");
        await page.WaitForLiveAsync();

        Assert.Equal(0, await page.Page.Locator("img").CountAsync());
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_hidden_tab_has_no_stream_and_catches_up_when_it_is_seen()
    {
        await using var page = await browser.OpenAsync(_server);
        await SetVisibilityAsync(page, "hidden");
        await WaitForClientsAsync(0);
        using var answer = await IdentityModels.InferAsync(_server.Http, "first");

        await SetVisibilityAsync(page, "visible");
        await WaitForClientsAsync(1);
        await ConsolePage.ExpectTextAsync(page.Page.Locator(".segments button").First.Locator("span"), "2");
        await page.Row("first").GetByRole(AriaRole.Link).ClickAsync();
        await ConsolePage.ExpectTextAsync(page.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Outcomes" }).Locator("dd").First, "1");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_server_that_comes_back_is_found_again()
    {
        await using var page = await browser.OpenAsync(_server);
        await page.Page.RouteAsync("**/console/api/**", static route => route.AbortAsync());
        await SetVisibilityAsync(page, "hidden");
        await SetVisibilityAsync(page, "visible");
        await Assertions.Expect(page.Live).ToHaveAttributeAsync("data-state", "lost");

        await page.Page.UnrouteAllAsync();
        await page.WaitForLiveAsync();
    }

    private static async Task SetVisibilityAsync(ConsolePage page, string state) => await page.Page.EvaluateAsync(
        "state => { Object.defineProperty(document, 'visibilityState', { get: () => state, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }", state);

    private async Task WaitForClientsAsync(int count)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (_server.Hub.ClientCount != count)
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
