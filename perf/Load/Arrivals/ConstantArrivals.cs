namespace Camshaft.Load.Arrivals;

/// <summary>One request after the other at equal distances. The first comes at a drawn part of the distance, so that models do not march in step.</summary>
internal sealed class ConstantArrivals(double rate, Random random) : RenewalArrivals
{
    private bool _started;

    protected override double NextGapSeconds()
    {
        var gap = _started ? 1 / rate : random.NextDouble() / rate;
        _started = true;
        return gap;
    }
}
