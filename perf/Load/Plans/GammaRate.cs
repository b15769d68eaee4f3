using Camshaft.Load.Arrivals;

namespace Camshaft.Load.Plans;

/// <summary>Gamma-distributed gaps: as even or as bursty as one likes.</summary>
/// <param name="Rate">How many a second.</param>
/// <param name="CoefficientOfVariation">The gaps' standard deviation over their mean: 0.1 nearly even, 1 = Poisson, 4 in bursts.</param>
public sealed record GammaRate(double Rate, double CoefficientOfVariation) : OpenLoop
{
    /// <inheritdoc/>
    public override double Rate { get; } = Rate;

    /// <inheritdoc/>
    public override string Description => $"Gamma {Format(Rate)}/s, CV {Format(CoefficientOfVariation)}";

    /// <inheritdoc/>
    public override OpenLoop Scale(double factor) => new GammaRate(Rate * factor, CoefficientOfVariation);

    /// <inheritdoc/>
    public override IArrivalProcess Start(Random random) => new GammaArrivals(Rate, CoefficientOfVariation, random);
}
