using Camshaft.Load.Arrivals;

namespace Camshaft.Load.Plans;

/// <summary>The arrivals of a trace.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="Speed">How many times as fast as it was.</param>
public sealed record TraceReplay(ArrivalTrace Trace, double Speed) : OpenLoop
{
    /// <inheritdoc/>
    public override double Rate => Trace.Offsets.Length / Math.Max(Trace.Length.TotalSeconds, 1) * Speed;

    /// <inheritdoc/>
    public override string Description => $"trace {Path.GetFileName(Trace.Path)} × {Format(Speed)}";

    /// <inheritdoc/>
    public override OpenLoop Scale(double factor) => new TraceReplay(Trace, Speed * factor);

    /// <inheritdoc/>
    public override IArrivalProcess Start(Random random) => new TraceArrivals(Trace, Speed);
}
