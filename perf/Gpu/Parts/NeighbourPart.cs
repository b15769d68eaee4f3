using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>The latency of a small model beside one that saturates the GPU: without more, with stream priorities, with a part of the multiprocessors.</summary>
internal sealed class NeighbourPart : IPart
{
    private const double MostRatio = 2;
    private const double SmallShare = 0.25;

    // Behind the small model's lane and the one that shares its streams.
    private const int FirstBigLane = 3;
    private const int BigLaneCount = 2;

    /// <inheritdoc/>
    public string Name => "neighbour";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        var length = workbench.Sizes.LongMatrix;
        var (small, big) = (Workload.AddVectors(workbench.Sizes.SmallVector), Workload.Multiply(length, length, length));
        var table = new MarkdownTable("small model", "p50, µs", "p99, µs", "p99 / p99 alone", "sgemm, /s");
        var (smallTerms, bigTerms) = (new AcceleratorTerms("The small model"), new AcceleratorTerms("The model beside it"));
        var alone = Measure(workbench, small, smallTerms);
        table.Add("alone", Text.Number(alone.Median), Text.Number(alone.P99), Text.Number(1), "–");
        Add("plain streams", smallTerms, bigTerms);
        Add("priorities", smallTerms with { Priority = 1 }, bigTerms with { Priority = 200 });
        var targets = new List<Target>();
        if (workbench.Driver.HasGreenContexts)
        {
            Add($"share of {SmallShare}", smallTerms with { ProcessorShare = SmallShare }, bigTerms);
            var ratio = Add($"share of {SmallShare}, sgemm {1 - SmallShare}", smallTerms with { ProcessorShare = SmallShare }, bigTerms with { ProcessorShare = 1 - SmallShare });
            targets.Add(new Target("p99 of the small model with a share, over its p99 alone", ratio, MostRatio, ""));
        }

        return new PartReport($"Neighbours: {small} beside {big} on {BigLaneCount} lanes", table)
        {
            Targets = targets,
            Notes = workbench.Driver.HasGreenContexts ? [] : ["This driver has no green contexts: no model can be given a share."],
        };

        double Add(string what, AcceleratorTerms terms, AcceleratorTerms neighbourTerms)
        {
            using var bigModel = workbench.Load(big.Sample, neighbourTerms);
            using var busy = new BusyModel(workbench, bigModel, big, FirstBigLane, BigLaneCount);
            while (busy.BatchCount < workbench.Sizes.LeastBatches)
            {
                Thread.Sleep(1);
            }

            var (before, start) = (busy.BatchCount, Stopwatch.GetTimestamp());
            var times = Measure(workbench, small, terms);
            var rate = (busy.BatchCount - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            table.Add(what, Text.Number(times.Median), Text.Number(times.P99), Text.Number(times.P99 / alone.P99), Text.Number(rate));
            return times.P99 / alone.P99;
        }
    }

    // One batch after another, from the first copy's enqueueing to the waiting thread.
    private static Percentiles Measure(Workbench workbench, Workload small, AcceleratorTerms terms)
    {
        var ends = new BatchEnds();
        using var model = workbench.Load(small.Sample, terms);
        using var lane = new ModelLane(workbench, model, 1, small, ends);
        var microseconds = new double[workbench.Sizes.NeighbourRounds];
        for (var round = -microseconds.Length / 10; round < microseconds.Length; round++)
        {
            var start = Stopwatch.GetTimestamp();
            lane.Begin();
            ends.Take();
            microseconds[Math.Max(0, round)] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return new Percentiles(microseconds);
    }
}
