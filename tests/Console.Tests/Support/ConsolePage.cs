using Microsoft.Playwright;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>One page in the browser, which remembers what went wrong in it.</summary>
internal sealed class ConsolePage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _faults = [];

    public ConsolePage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => Note($"error: {error}");
        page.Dialog += (_, dialog) => Note($"dialog: {dialog.Message}");
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Note($"{message.Type}: {message.Text}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the browser's console, errors of scripts, dialogs that scripts opened.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_faults)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>The stream's state as the page shows it.</summary>
    public ILocator Live => Page.Locator(".live");

    public Task WaitForLiveAsync() => Assertions.Expect(Live).ToHaveAttributeAsync("data-state", "live", new LocatorAssertionsToHaveAttributeOptions { Timeout = 30_000 });

    /// <summary>The line of a model among the models.</summary>
    public ILocator Row(string model) => Page.Locator("table.grid tbody tr").Filter(new LocatorFilterOptions { Has = Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = model, Exact = true }) });

    /// <summary>Waits until an element has a text.</summary>
    public static Task ExpectTextAsync(ILocator locator, string text) => Assertions.Expect(locator).ToHaveTextAsync(text, new LocatorAssertionsToHaveTextOptions { Timeout = 30_000 });

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(string fault)
    {
        lock (_faults)
        {
            _faults.Add(fault);
        }
    }
}
