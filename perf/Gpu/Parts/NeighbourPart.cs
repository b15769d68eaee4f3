using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>
/// The latency of a small model beside one that saturates the GPU: without more, with stream priorities, with a part of the multiprocessors
/// that the other runs on too, and with a part that is reserved, so that the other stays outside.
/// </summary>
internal sealed class NeighbourPart : IPart
{
    private const double MostRatio = 2;
    private const double SmallShare = 0.25;

    // Behind the small model's lane and the one that shares its streams.
    private const int FirstBigLane = 3;
    private const int BigLaneCount = 2;

    private static readonly AcceleratorTerms SmallTerms = new("The small model");
    private static readonly AcceleratorTerms BigTerms = new("The model beside it");

    /// <inheritdoc/>
    public string Name => "neighbour";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        var length = workbench.Sizes.LongMatrix;
        var (small, big) = (Workload.AddVectors(workbench.Sizes.SmallVector), Workload.Multiply(length, length, length));
        var table = new FigureTable("small model", "p50, µs", "p99, µs", "p99 / p99 alone", "sgemm, /s");
        var faults = new List<string>();
        var alone = Measure(workbench, small, SmallTerms);
        table.Add("alone", alone.Median, alone.P99, 1.0, "–");
        Add(workbench, "plain streams", SmallTerms, BigTerms);
        Add(workbench, "priorities", SmallTerms with { Priority = 1 }, BigTerms with { Priority = 200 });
        if (!workbench.Driver.HasGreenContexts)
        {
            return new PartReport(Describe(), table) { Notes = ["This driver has no green contexts: no model can be given a share."] };
        }

        var shareTerms = SmallTerms with { ProcessorShare = SmallShare };
        TryAdd(workbench, $"share of {SmallShare}, sgemm anywhere", shareTerms, BigTerms);
        using var reserved = workbench.Reserve(SmallShare);
        if (reserved.Device.ReserveRefusal is { } refusal)
        {
            return new PartReport(Describe(), table) { Faults = [.. faults, $"Nothing could be reserved: {refusal}."] };
        }

        var ratio = TryAdd(reserved, $"share of {SmallShare}, reserved", shareTerms, BigTerms);
        TryAdd(reserved, $"share of {SmallShare}, reserved, and priorities", shareTerms with { Priority = 1 }, BigTerms with { Priority = 200 });
        return new PartReport(Describe(), table)
        {
            Notes = [$"Reserved are {reserved.Device.ReservedMultiprocessorCount} of {workbench.Info.MultiprocessorCount} multiprocessors; the others are sgemm's."],
            Targets = ratio is { } figure ? [new Target("p99 of the small model with a reserved share, over its p99 alone", figure, MostRatio, "")] : [],
            Faults = faults,
        };

        string Describe() => $"Neighbours: {small} beside {big} on {BigLaneCount} lanes";

        // What fails with a part of the multiprocessors leaves what was measured without one.
        double? TryAdd(Workbench bench, string what, AcceleratorTerms terms, AcceleratorTerms neighbourTerms)
        {
            try
            {
                return Add(bench, what, terms, neighbourTerms);
            }
            catch (Exception exception) when (exception is BackendException or TimeoutException)
            {
                faults.Add($"{what}: {exception.Message}");
                return null;
            }
        }

        double Add(Workbench bench, string what, AcceleratorTerms terms, AcceleratorTerms neighbourTerms)
        {
            using var bigModel = bench.Load(big.Sample, neighbourTerms);
            using var busy = new BusyModel(bench, bigModel, big, FirstBigLane, BigLaneCount);
            while (busy.BatchCount < bench.Sizes.LeastBatches)
            {
                bench.Limit.ThrowIfOver();
                Thread.Sleep(1);
            }

            var (before, start) = (busy.BatchCount, Stopwatch.GetTimestamp());
            var times = Measure(bench, small, terms);
            var rate = (busy.BatchCount - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            table.Add(what, times.Median, times.P99, times.P99 / alone.P99, rate);
            return times.P99 / alone.P99;
        }
    }

    // One batch after another, from the first copy's enqueueing to the waiting thread; each for a while at most, so that every row is there.
    private static Percentiles Measure(Workbench workbench, Workload small, AcceleratorTerms terms)
    {
        var ends = new BatchEnds();
        using var model = workbench.Load(small.Sample, terms);
        using var lane = new ModelLane(workbench, model, 1, small, ends);
        var rounds = workbench.Sizes.NeighbourRounds;
        var times = new Percentiles(rounds);
        var limit = new TimeLimit(workbench.Sizes.NeighbourTime);
        for (var round = -rounds / 10; round < rounds && !(times.Count > 0 && (limit.IsOver || workbench.Limit.IsOver)); round++)
        {
            var start = Stopwatch.GetTimestamp();
            lane.Begin();
            ends.Take();
            if (round >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        return times;
    }
}
