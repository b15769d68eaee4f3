using Camshaft.Load.Arrivals;

namespace Camshaft.Load.Plans;

/// <summary>Many users who know nothing of each other.</summary>
/// <param name="Rate">How many a second.</param>
public sealed record PoissonRate(double Rate) : OpenLoop
{
    /// <inheritdoc/>
    public override double Rate { get; } = Rate;

    /// <inheritdoc/>
    public override string Description => $"Poisson {Format(Rate)}/s";

    /// <inheritdoc/>
    public override OpenLoop Scale(double factor) => new PoissonRate(Rate * factor);

    /// <inheritdoc/>
    public override IArrivalProcess Start(Random random) => new PoissonArrivals(Rate, random);
}
