using Camshaft.LiveConsole.Tests.Support;
using Camshaft.Server.Configuration;
using Camshaft.Testing;
using Camshaft.Transport.Hosting.Access;
using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests.Pages;

/// <summary>The page where keys are needed.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AccessPageTests(Browser browser) : IAsyncLifetime
{
    private const string Watcher = "a-key-that-may-only-look";
    private const string Manager = "a-key-that-may-do-it-all";

    private readonly TempDirectory _models = new();
    private ConsoleServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        IdentityModels.Write(_models, "first");
        _server = await ConsoleServer.StartAsync(_models.FullPath, static options =>
        {
            options.Access.Keys["watcher"] = new ApiKeySection { Key = Watcher, Rights = [AccessRights.Observe] };
            options.Access.Keys["manager"] = new ApiKeySection { Key = Manager, Rights = [AccessRights.Observe, AccessRights.Manage, AccessRights.Infer] };
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task The_page_asks_for_a_key_and_offers_what_that_permits()
    {
        await using var page = await browser.OpenAsync(_server, "models/first", isLive: false);
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("An API key with the right 'observe' is needed");

        await dialog.GetByLabel("Key", new LocatorGetByLabelOptions { Exact = true }).FillAsync(Watcher);
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Use the key" }).ClickAsync();
        await page.WaitForLiveAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Unload" })).ToBeDisabledAsync();

        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "API key" }).ClickAsync();
        await dialog.GetByLabel("Key", new LocatorGetByLabelOptions { Exact = true }).FillAsync(Manager);
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Unload" })).ToBeEnabledAsync();
    }
}
