namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>
/// Says when the next run may start that nobody waits for. One that was in the way of others, who shared processor, caches and memory with it, is
/// followed by a long rest; one that had the device to itself by none. Guarded by the scheduler's lock.
/// </summary>
/// <remarks>
/// A nice value alone does not do: at 60 % load a shadow at nice 19 that ran whenever a processor was free took p99 from 27 to 45 ms, since two
/// processors that share a core slow each other down.
/// </remarks>
internal sealed class BackgroundTurns
{
    // While others work, such runs take one part in a hundred of a processor's time.
    private const int RestPerRun = 99;

    private long _started;
    private long _othersBefore;
    private bool _wasAlone;
    private long _restUntil = long.MinValue;

    /// <summary>Whether one may start.</summary>
    /// <param name="now">Now, in ticks of the engine's clock.</param>
    public bool MayStart(long now) => now >= _restUntil;

    /// <summary>One starts.</summary>
    /// <param name="now">Now.</param>
    /// <param name="othersStarted">How many runs of others have been started so far.</param>
    /// <param name="isAlone">Whether nothing else runs.</param>
    public void Start(long now, long othersStarted, bool isAlone)
    {
        _started = now;
        _othersBefore = othersStarted;
        _wasAlone = isAlone;
    }

    /// <summary>It has ended.</summary>
    /// <param name="now">Now.</param>
    /// <param name="othersStarted">How many runs of others have been started so far.</param>
    public void End(long now, long othersStarted) =>
        _restUntil = _wasAlone && othersStarted == _othersBefore ? now : now + ((now - _started) * RestPerRun);
}
