using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>What a lane costs: an empty kernel as a lane's batch without inputs and outputs, and launched on a stream that is waited for. Both take turns.</summary>
internal sealed unsafe class LatencyPart : IPart
{
    /// <summary>The kernel that does nothing.</summary>
    public const string KernelName = "empty";

    private const double MostOverhead = 10;

    private static ReadOnlySpan<byte> Ptx => """
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry empty()
        {
            ret;
        }
        """u8;

    /// <inheritdoc/>
    public string Name => "latency";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        using var module = CudaModule.Load(workbench.Context, Ptx);
        var kernel = module.FindFunction(KernelName)!;
        using var stream = CudaStream.Create(workbench.Context, workbench.Context.GetStreamPriorities().Lowest);
        using var share = workbench.Device.Open(new AcceleratorTerms("The latency benchmark"));
        using var lane = (IAcceleratorLane)share.CreateLane(1);
        var ends = new BatchEnds();
        var end = new BatchEnd(ends);
        var rounds = workbench.Sizes.LatencyRounds;
        var (bare, called, woken) = (new double[rounds], new double[rounds], new double[rounds]);

        // The first tenth is run twice: the first time nobody looks.
        for (var round = -rounds / 10; round < rounds; round++)
        {
            var slot = Math.Max(0, round);
            var start = Stopwatch.GetTimestamp();
            Launch(kernel, stream.Value);
            stream.Synchronize();
            bare[slot] = GetMicroseconds(start, Stopwatch.GetTimestamp());

            start = Stopwatch.GetTimestamp();
            lane.Begin();
            lane.BeginCompute();
            Launch(kernel, lane.Streams.Compute);
            lane.EndCompute();
            lane.End(end);
            ends.Take();
            woken[slot] = GetMicroseconds(start, Stopwatch.GetTimestamp());
            called[slot] = GetMicroseconds(start, end.Timestamp);
        }

        var table = new MarkdownTable("an empty kernel", "p50, µs", "p99, µs");
        var (bareTimes, wokenTimes) = (new Percentiles(bare), new Percentiles(woken));
        Add(table, "launched and waited for", bareTimes);
        Add(table, "on a lane, until the driver calls", new Percentiles(called));
        Add(table, "on a lane, until the waiting thread runs", wokenTimes);
        return new PartReport("Latency of an empty batch", table)
        {
            Targets = [new Target("an empty batch on a lane, above the bare loop (p50)", wokenTimes.Median - bareTimes.Median, MostOverhead, "µs")],
        };
    }

    private static void Launch(CudaFunction kernel, nint stream) => kernel.Launch(stream, new CudaExtent(1), new CudaExtent(1), 0, null);

    private static double GetMicroseconds(long start, long end) => Stopwatch.GetElapsedTime(start, end).TotalMicroseconds;

    private static void Add(MarkdownTable table, string what, Percentiles times) => table.Add(what, Text.Number(times.Median), Text.Number(times.P99));
}
