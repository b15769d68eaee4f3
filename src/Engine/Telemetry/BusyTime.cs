namespace Camshaft.Engine.Telemetry;

/// <summary>How long something has been in use, in ticks of a clock, and how often. Guarded by its owner's lock.</summary>
internal struct BusyTime
{
    private long _ticks;

    /// <summary>How many uses have ended.</summary>
    public long RunCount { get; private set; }

    /// <summary>Since when it is in use; 0 = it is not.</summary>
    public long Since { get; private set; }

    public void Begin(long now) => Since = now;

    public void End(long now)
    {
        _ticks += Math.Max(0, now - Since);
        Since = 0;
        RunCount++;
    }

    /// <summary>How long it has been in use until now, the present use included.</summary>
    public readonly long GetTicks(long now) => _ticks + (Since == 0 ? 0 : Math.Max(0, now - Since));
}
