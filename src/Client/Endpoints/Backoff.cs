namespace Camshaft.Client.Endpoints;

/// <summary>How long to wait before the next try for a connection: twice as long each time up to a bound, give or take a quarter, so that clients don't come all at once.</summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);

    private TimeSpan _next = Least;

    /// <summary>The wait after one more failure.</summary>
    public TimeSpan Next()
    {
        var wait = _next * (0.75 + (random.NextDouble() / 2));
        _next = _next * 2 < Most ? _next * 2 : Most;
        return wait;
    }

    /// <summary>A try has succeeded.</summary>
    public void Reset() => _next = Least;
}
