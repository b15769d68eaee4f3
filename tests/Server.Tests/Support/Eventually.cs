namespace Camshaft.Server.Tests.Support;

/// <summary>Waits for what a server does in its own time, such as looking every second.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            Assert.False(timeout.IsCancellationRequested, "It did not happen in time.");
            await Task.Delay(Pause, CancellationToken.None);
        }
    }
}
