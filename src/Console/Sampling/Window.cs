namespace Camshaft.LiveConsole.Sampling;

/// <summary>The samples of the last seconds: counters' growth over them gives rates that neither jump nor lag. Guarded by its owner.</summary>
/// <typeparam name="T">A sample.</typeparam>
internal sealed class Window<T>
{
    /// <summary>Over how long rates are taken.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    private readonly Queue<(TimeSpan Uptime, T Sample)> _samples = [];

    /// <summary>Adds a sample.</summary>
    /// <param name="uptime">When it was taken, by the engine's clock.</param>
    /// <param name="sample">The sample.</param>
    /// <returns>The sample to compare it with, which is itself when it is the first, and how long ago that was.</returns>
    public (T Since, TimeSpan Elapsed) Add(TimeSpan uptime, T sample)
    {
        _samples.Enqueue((uptime, sample));

        // A twentieth is a timer's own inaccuracy.
        while (_samples.Count > 2 && uptime - _samples.ElementAt(1).Uptime >= Length * 0.95)
        {
            _samples.Dequeue();
        }

        var (before, oldest) = _samples.Peek();
        return (oldest, uptime - before);
    }
}
