using Camshaft.Load.Arrivals;
using Camshaft.Load.Plans;

namespace Camshaft.EngineBenchmark.Overload;

/// <summary>Moments that were drawn beforehand, so that every contender, and the bound, meets the same ones.</summary>
/// <param name="Moments">The moments, ascending, from the start of the run.</param>
/// <param name="Length">How long the run is.</param>
internal sealed record PlannedArrivals(IReadOnlyList<TimeSpan> Moments, TimeSpan Length) : OpenLoop
{
    /// <inheritdoc/>
    public override double Rate => Moments.Count / Length.TotalSeconds;

    /// <inheritdoc/>
    public override string Description => $"planned, {Reporting.Text.Number(Rate)}/s";

    /// <inheritdoc/>
    public override OpenLoop Scale(double factor) => new PlannedArrivals([.. Moments.Select(moment => moment / factor)], Length / factor);

    /// <inheritdoc/>
    public override IArrivalProcess Start(Random random) => new Replay(Moments);

    private sealed class Replay(IReadOnlyList<TimeSpan> moments) : IArrivalProcess
    {
        private int _next;

        public bool TryGetNext(out TimeSpan sinceStart)
        {
            sinceStart = _next < moments.Count ? moments[_next] : default;
            return _next++ < moments.Count;
        }
    }
}
