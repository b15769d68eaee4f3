using Camshaft.Engine.Scheduling.Planning;

namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>What a simulation brought.</summary>
/// <param name="Models">The models.</param>
/// <param name="Requests">What became of each request, in order of arrival.</param>
/// <param name="Runs">Every run that ended.</param>
public sealed record SimulationResult(IReadOnlyList<SimulatedModel> Models, IReadOnlyList<RequestOutcome> Requests, IReadOnlyList<RunRecord> Runs)
{
    /// <summary>How many requests ended in a way.</summary>
    /// <param name="end">The way.</param>
    /// <param name="model">Of one model; null = of all.</param>
    public int Count(RequestEnd end, int? model = null) => Requests.Count(request => request.End == end && (model is null || request.Arrival.Model == model));

    /// <summary>The device time that the requests in time were worth, each by what it costs in a batch of its plan's size: goodput over models of any size.</summary>
    public double GetUsefulTicks(IReadOnlyList<BatchPlan> plans) =>
        Requests.Where(static request => request.End == RequestEnd.InTime).Sum(request => request.Arrival.Rows * plans[request.Arrival.Model].CpuTicksPerRow);

    /// <summary>The device time that a model took within a window; of a run at its edge, its part.</summary>
    public double GetCpuTicks(int model, long from, long to) => Runs
        .Where(run => run.Model == model && run.End > from && run.Start < to)
        .Sum(run => run.CpuTicks * (Math.Min(run.End, to) - Math.Max(run.Start, from)) / Math.Max(1, run.End - run.Start));

    /// <summary>The latency, in ticks, that a part of a model's answers did not exceed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="part">The part, above 0 and up to 1: 0.99 = p99.</param>
    public long GetLatencyTicks(int model, double part)
    {
        var latencies = Requests
            .Where(request => request.Arrival.Model == model && request.End is RequestEnd.InTime or RequestEnd.Late)
            .Select(static request => request.LatencyTicks).Order().ToArray();
        return latencies.Length == 0 ? 0 : latencies[(int)Math.Ceiling(part * latencies.Length) - 1];
    }
}
