namespace Camshaft.Load.Arrivals;

/// <summary>Requests of many who know nothing of each other: exponential gaps.</summary>
internal sealed class PoissonArrivals(double rate, Random random) : RenewalArrivals
{
    protected override double NextGapSeconds() => -Math.Log(1 - random.NextDouble()) / rate;
}
