using System.Net;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>Sends requests to an identity model at a steady rate until it is disposed, and remembers when each was answered.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly List<DateTime> _answers = [];
    private readonly Task _sending;

    public Traffic(HttpClient http, string model, double perSecond) => _sending = Task.Run(() => SendAsync(http, model, TimeSpan.FromSeconds(1 / perSecond)));

    /// <summary>How many were answered within a time that ends now.</summary>
    public int CountSince(TimeSpan time)
    {
        var since = DateTime.UtcNow - time;
        lock (_answers)
        {
            return _answers.Count(answer => answer >= since);
        }
    }

    /// <summary>How many were answered.</summary>
    public int Count
    {
        get
        {
            lock (_answers)
            {
                return _answers.Count;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _sending;
        _end.Dispose();
    }

    private async Task SendAsync(HttpClient http, string model, TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                using var answer = await IdentityModels.InferAsync(http, model);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                lock (_answers)
                {
                    _answers.Add(DateTime.UtcNow);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
