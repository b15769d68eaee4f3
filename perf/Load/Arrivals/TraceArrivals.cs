namespace Camshaft.Load.Arrivals;

/// <summary>The arrivals of a trace, faster or slower than they were.</summary>
internal sealed class TraceArrivals(ArrivalTrace trace, double speed) : IArrivalProcess
{
    private int _next;

    public bool TryGetNext(out TimeSpan sinceStart)
    {
        if (_next == trace.Offsets.Length)
        {
            sinceStart = default;
            return false;
        }

        sinceStart = trace.Offsets[_next++] / speed;
        return true;
    }
}
