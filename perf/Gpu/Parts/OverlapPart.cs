using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>How well copies hide behind computing: the time of a batch when lanes are kept busy, over the longest of its three steps alone.</summary>
internal sealed class OverlapPart : IPart
{
    private const double MostRatio = 1.15;
    private const int PipelinedLanes = 2;

    /// <inheritdoc/>
    public string Name => "overlap";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        var length = workbench.Sizes.LongMatrix;
        var workload = Workload.Multiply(length, length, length);
        using var model = workbench.Load(workload.Sample);
        var (copyIn, copyOut) = TimeCopies(workbench, model.Share, workload);
        var compute = TimeCompute(workbench, model, workload);
        var longest = Math.Max(compute, Math.Max(copyIn, copyOut));
        var table = new FigureTable("what", "ms a batch", "over the longest step");
        Add(table, "copy in alone", copyIn, longest);
        Add(table, "compute alone", compute, longest);
        Add(table, "copy out alone", copyOut, longest);
        Add(table, "the three one after another", copyIn + compute + copyOut, longest);
        var targets = new List<Target>();
        foreach (var laneCount in (ReadOnlySpan<int>)[1, PipelinedLanes, 2 * PipelinedLanes])
        {
            using var busy = new BusyModel(workbench, model, workload, 1, laneCount);
            var seconds = 1 / RateMeter.Measure(workbench, busy)[0];
            Add(table, $"batches on {laneCount} lane{(laneCount > 1 ? "s" : "")}", seconds, longest);
            if (laneCount == PipelinedLanes)
            {
                targets.Add(new Target("a batch of a pipeline, over its longest step", seconds / longest, MostRatio, ""));
            }
        }

        return new PartReport($"Overlap: {workload}", table) { Targets = targets };
    }

    private static void Add(FigureTable table, string what, double seconds, double longest) => table.Add(what, seconds * 1e3, seconds / longest);

    // Without a lane: as quick as the bus is.
    private static (double In, double Out) TimeCopies(Workbench workbench, IAcceleratorShare share, Workload workload)
    {
        using var stream = CudaStream.Create(workbench.Context, workbench.Context.GetStreamPriorities().Lowest);
        using var input = workbench.Pin((long)workload.GetInputCount(0) * sizeof(float));
        using var output = workbench.Pin((long)workload.OutputCount * sizeof(float));
        var device = share.Allocate(Math.Max(input.ByteSize, output.ByteSize));
        workbench.Context.MakeCurrent();
        var copyIn = Time(workbench, stream, () =>
        {
            for (var i = 0; i < workload.InputShapes.Count; i++)
            {
                stream.CopyIn(device, input.Address, input.ByteSize);
            }
        });
        var copyOut = Time(workbench, stream, () => stream.CopyOut(output.Address, device, output.ByteSize));
        share.Free(device);
        return (copyIn, copyOut);
    }

    private static double Time(Workbench workbench, CudaStream stream, Action enqueue)
    {
        var times = new Percentiles(workbench.Sizes.LeastBatches);
        do
        {
            var start = Stopwatch.GetTimestamp();
            enqueue();
            stream.Synchronize();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        while (times.Count < workbench.Sizes.LeastBatches && !workbench.Limit.IsOver);

        return times.Median / 1e6;
    }

    // As the device's events have it, with nothing beside.
    private static double TimeCompute(Workbench workbench, GpuModel model, Workload workload)
    {
        var ends = new BatchEnds();
        using var lane = new ModelLane(workbench, model, 1, workload, ends);
        var times = new Percentiles(workbench.Sizes.LeastBatches);

        // Twice as many run as count: an idle GPU takes a while to come to its full clock.
        for (var round = -workbench.Sizes.LeastBatches; round < workbench.Sizes.LeastBatches; round++)
        {
            workbench.Limit.ThrowIfOver();
            lane.Begin();
            ends.Take();
            if (round >= 0)
            {
                times.Add(lane.ComputeTime.TotalMicroseconds);
            }
        }

        return times.Median / 1e6;
    }
}
