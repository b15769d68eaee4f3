namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>How much of the processors short runs take, over the last tenth of a second or so: what is left is for the niced threads.</summary>
internal sealed class ShortLoad(long ticksPerSecond)
{
    private readonly double _window = ticksPerSecond / 10.0;
    private double _ticks;
    private long _counted;

    /// <summary>Takes a short run in.</summary>
    public void Add(long cpuTicks, long now)
    {
        _ticks = (_ticks * Decay(now)) + cpuTicks;
        _counted = now;
    }

    /// <summary>The load, in processors.</summary>
    public double Get(long now) => _ticks * Decay(now) / _window;

    private double Decay(long now) => Math.Exp(-(now - _counted) / _window);
}
