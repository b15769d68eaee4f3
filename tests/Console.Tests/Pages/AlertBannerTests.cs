using Camshaft.LiveConsole.Tests.Support;
using Camshaft.Testing;
using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests.Pages;

/// <summary>The banner of active alerts.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AlertBannerTests(Browser browser) : IAsyncLifetime
{
    private const double NoRequestKeepsIt = 0.001;

    private readonly TempDirectory _models = new();
    private ConsoleServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        IdentityModels.Write(_models, "first");
        _server = await ConsoleServer.StartAsync(_models.FullPath, static options =>
        {
            options.Alerts.IntervalSeconds = 1;
            options.Alerts.KeepFiringSeconds = 0;
            options.Alerts.Latency.Milliseconds = NoRequestKeepsIt;
            options.Alerts.Latency.MinimumRequests = 5;
            options.Alerts.Latency.WindowSeconds = 10;
            options.Alerts.Latency.ForSeconds = 0;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task A_latency_over_its_threshold_raises_the_banner_on_every_page_until_it_is_over()
    {
        await using var page = await browser.OpenAsync(_server);
        var banner = page.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Active alerts" });
        await Assertions.Expect(banner).ToBeHiddenAsync();

        await using (new Traffic(_server.Http, "first", 20))
        {
            await Assertions.Expect(banner).ToContainTextAsync("The latency of model 'first' at percentile 99 is over", Within(60));
            await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Lanes", Exact = true }).ClickAsync();
            await Assertions.Expect(banner).ToContainTextAsync("The latency of model 'first'", Within(30));
        }

        await Assertions.Expect(banner).ToBeHiddenAsync(new LocatorAssertionsToBeHiddenOptions { Timeout = 60_000 });
        Assert.Empty(page.Faults);
    }

    private static LocatorAssertionsToContainTextOptions Within(int seconds) => new() { Timeout = seconds * 1000 };
}
