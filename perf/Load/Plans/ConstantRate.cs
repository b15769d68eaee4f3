using Camshaft.Load.Arrivals;

namespace Camshaft.Load.Plans;

/// <summary>Equal distances.</summary>
/// <param name="Rate">How many a second.</param>
public sealed record ConstantRate(double Rate) : OpenLoop
{
    /// <inheritdoc/>
    public override double Rate { get; } = Rate;

    /// <inheritdoc/>
    public override string Description => $"constant {Format(Rate)}/s";

    /// <inheritdoc/>
    public override OpenLoop Scale(double factor) => new ConstantRate(Rate * factor);

    /// <inheritdoc/>
    public override IArrivalProcess Start(Random random) => new ConstantArrivals(Rate, random);
}
