namespace Camshaft.Load.Arrivals;

/// <summary>Arrivals whose gaps are drawn one like the other, and which never end.</summary>
internal abstract class RenewalArrivals : IArrivalProcess
{
    // Summed as a double of seconds: exact to a tick for more than a year.
    private double _seconds;

    public bool TryGetNext(out TimeSpan sinceStart)
    {
        _seconds += NextGapSeconds();
        sinceStart = TimeSpan.FromTicks((long)(_seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    protected abstract double NextGapSeconds();
}
