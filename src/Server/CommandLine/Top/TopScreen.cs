using System.Text.Json.Nodes;
using Spectre.Console;

namespace Camshaft.Server.CommandLine.Top;

/// <summary>
/// The view on a terminal, drawn anew at each interval and each key, until a key or a signal ends it. A server that is gone
/// for a while is said to be, and looked for again.
/// </summary>
/// <param name="console">The terminal.</param>
/// <param name="read">Asks the server.</param>
/// <param name="readKey">The key that was pressed; null = none was.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class TopScreen(IAnsiConsole console, Func<CancellationToken, Task<JsonNode>> read, Func<char?> readKey, TimeProvider timeProvider)
{
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Shows it.</summary>
    /// <param name="sort">The first order.</param>
    /// <param name="interval">How often the server is asked.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(TopSort sort, TimeSpan interval, CancellationToken cancellationToken)
    {
        var view = new TopView(await read(cancellationToken).ConfigureAwait(false));
        var readAt = timeProvider.GetTimestamp();
        var message = "";
        await console.Live(view.Draw(sort, console.Profile.Height, message)).AutoClear(true).StartAsync(async live =>
        {
            try
            {
                while (true)
                {
                    await Task.Delay(KeyInterval, timeProvider, cancellationToken).ConfigureAwait(false);
                    var key = readKey();
                    if (key is 'q' or 'Q' or '\u001b')
                    {
                        return;
                    }

                    var isDue = timeProvider.GetElapsedTime(readAt) >= interval;
                    if (isDue)
                    {
                        (view, message) = await ReadAsync(view, cancellationToken).ConfigureAwait(false);
                        readAt = timeProvider.GetTimestamp();
                    }

                    sort = TopSort.All.FirstOrDefault(one => one.Key == key) ?? sort;
                    if (isDue || key is not null)
                    {
                        live.UpdateTarget(view.Draw(sort, console.Profile.Height, message));
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // A signal: as good as the key.
            }
        }).ConfigureAwait(false);
    }

    private async Task<(TopView View, string Message)> ReadAsync(TopView last, CancellationToken cancellationToken)
    {
        try
        {
            return (new TopView(await read(cancellationToken).ConfigureAwait(false)), "");
        }
        catch (CommandException exception)
        {
            return (last, exception.Message);
        }
    }
}
