using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>One Chromium for all tests of pages, from the system: <c>CAMSHAFT_CHROMIUM</c>, else Debian's place. Tests skip themselves where there is none.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string ExecutablePath = Environment.GetEnvironmentVariable("CAMSHAFT_CHROMIUM") ?? "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(ExecutablePath))
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = ExecutablePath,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Opens a page of the console in a profile of its own. Skips the test where there is no browser.</summary>
    /// <param name="server">Whose console.</param>
    /// <param name="route">The page, such as <c>lanes</c>; empty = the models.</param>
    /// <param name="options">The size, light or dark; null = a laptop, light.</param>
    /// <param name="isLive">Whether to wait until its figures are live.</param>
    internal async Task<ConsolePage> OpenAsync(ConsoleServer server, string route = "", BrowserNewContextOptions? options = null, bool isLive = true)
    {
        Assert.SkipUnless(_browser is not null, $"There is no Chromium at '{ExecutablePath}'; install it, or name one in CAMSHAFT_CHROMIUM.");
        var context = await _browser.NewContextAsync(options ?? new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        context.SetDefaultTimeout(30_000);
        var page = new ConsolePage(context, await context.NewPageAsync());
        await page.Page.GotoAsync(new Uri(server.Address, $"console/#/{route}").ToString());
        if (isLive)
        {
            await page.WaitForLiveAsync();
        }

        return page;
    }
}
