using Camshaft.LiveConsole.Tests.Support;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests.Pages;

/// <summary>Every page with real traffic on real models: it renders, nothing goes wrong in it, and everybody can use it.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LookTests(Browser browser) : IAsyncLifetime
{
    private ConsoleServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RealModels.StartAsync("mnist", "shufflenet");
        foreach (var name in (string[])["mnist", "shufflenet"])
        {
            for (var i = 0; i < 5; i++)
            {
                using var answer = await TensorRequest.SendAsync(_server.Http, RealModels.Find(_server, name));
                answer.EnsureSuccessStatusCode();
            }
        }
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("", "Models", ColorScheme.Light)]
    [InlineData("", "Models", ColorScheme.Dark)]
    [InlineData("models/shufflenet", "shufflenet", ColorScheme.Light)]
    [InlineData("models/shufflenet", "shufflenet", ColorScheme.Dark)]
    [InlineData("lanes", "Lanes", ColorScheme.Light)]
    [InlineData("lanes", "Lanes", ColorScheme.Dark)]
    [InlineData("try/mnist", "Try it", ColorScheme.Light)]
    [InlineData("try/mnist", "Try it", ColorScheme.Dark)]
    public async Task A_page_renders_without_faults_and_breaks_no_rule_of_accessibility(string route, string title, ColorScheme scheme)
    {
        await using var page = await browser.OpenAsync(_server, route, new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        await ConsolePage.ExpectTextAsync(page.Page.Locator("h1"), title);
        if (route.StartsWith("try", StringComparison.Ordinal))
        {
            await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send" }).ClickAsync();
            await Assertions.Expect(page.Page.Locator(".output h3")).ToHaveTextAsync("Plus214_Output_0");
        }

        var report = await page.Page.RunAxe();

        Assert.Empty(report.Violations.SelectMany(static violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html} {node.Any.FirstOrDefault()?.Message}")));
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task The_switch_changes_the_colours_and_is_remembered()
    {
        await using var page = await browser.OpenAsync(_server);
        var light = await BackgroundAsync(page);
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Switch to dark" }).ClickAsync();
        var dark = await BackgroundAsync(page);
        await page.Page.ReloadAsync();

        Assert.NotEqual(light, dark);
        Assert.Equal(dark, await BackgroundAsync(page));
    }

    [Fact]
    public async Task The_first_key_leads_past_the_frame_to_the_content()
    {
        await using var page = await browser.OpenAsync(_server);
        await page.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Page.GetByText("Skip to the content")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Page.Locator("main")).ToBeFocusedAsync();
    }

    private static Task<string> BackgroundAsync(ConsolePage page) => page.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
}
