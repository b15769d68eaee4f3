using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>What a lane costs: an empty kernel as a lane's batch without inputs and outputs, and launched on a stream that is waited for. Both take turns.</summary>
internal sealed class LatencyPart : IPart
{
    private const double MostOverhead = 10;

    /// <inheritdoc/>
    public string Name => "latency";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        using var kernel = EmptyKernel.Load(workbench.Context);
        using var stream = CudaStream.Create(workbench.Context, workbench.Context.GetStreamPriorities().Lowest);
        using var share = workbench.Device.Open(new AcceleratorTerms("The latency benchmark"));
        using var lane = (IAcceleratorLane)share.CreateLane(1);
        var ends = new BatchEnds();
        var end = new BatchEnd(ends);
        var rounds = workbench.Sizes.LatencyRounds;
        var (bare, called, woken) = (new Percentiles(rounds), new Percentiles(rounds), new Percentiles(rounds));

        // At first nobody looks.
        for (var round = -rounds / 10; round < rounds && !(woken.Count > 0 && workbench.Limit.IsOver); round++)
        {
            var start = Stopwatch.GetTimestamp();
            kernel.Launch(stream.Value);
            stream.Synchronize();
            var launched = GetMicroseconds(start, Stopwatch.GetTimestamp());

            start = Stopwatch.GetTimestamp();
            lane.Begin();
            lane.BeginCompute();
            kernel.Launch(lane.Streams.Compute);
            lane.EndCompute();
            lane.End(end);
            ends.Take();
            if (round >= 0)
            {
                woken.Add(GetMicroseconds(start, Stopwatch.GetTimestamp()));
                called.Add(GetMicroseconds(start, end.Timestamp));
                bare.Add(launched);
            }
        }

        var table = new FigureTable("an empty kernel", "p50, µs", "p99, µs");
        Add(table, "launched and waited for", bare);
        Add(table, "on a lane, until the driver calls", called);
        Add(table, "on a lane, until the waiting thread runs", woken);
        return new PartReport("Latency of an empty batch", table)
        {
            Targets = [new Target("an empty batch on a lane, above the bare loop (p50)", woken.Median - bare.Median, MostOverhead, "µs")],
        };
    }

    private static double GetMicroseconds(long start, long end) => Stopwatch.GetElapsedTime(start, end).TotalMicroseconds;

    private static void Add(FigureTable table, string what, Percentiles times) => table.Add(what, times.Median, times.P99);
}
