using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>
/// How the host learns that a batch has ended: by the driver's call, as the engine does, or by a thread that polls events, spinning or with a
/// pause. The same batches otherwise, an empty kernel between two small copies; from enqueueing to the waiting thread.
/// </summary>
internal sealed class CompletionPart : IPart
{
    private const int ByteSize = 4096;
    private const int LanesPerStreams = 2;
    private const int StreamCount = 3;
    private const int PauseMicroseconds = 20;

    private static readonly (string Name, int? Pause)[] Ways = [("the driver calls", null), ("polled, spinning", 0), ($"polled every {PauseMicroseconds} µs", PauseMicroseconds)];

    /// <inheritdoc/>
    public string Name => "completion";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        var table = new FigureTable("lanes", "end of a batch", "p50, µs", "p99, µs", "batches, /s", "processor time a batch, µs");
        using var kernel = EmptyKernel.Load(workbench.Context);
        using var share = workbench.Device.Open(new AcceleratorTerms("The completion benchmark"));
        foreach (var laneCount in workbench.Sizes.LaneCounts)
        {
            foreach (var (name, pause) in Ways)
            {
                workbench.Limit.ThrowIfOver();
                var memory = share.Allocate(laneCount * ByteSize);
                var (times, rate, processorTime) = Measure(workbench, kernel, memory, laneCount, pause);
                share.Free(memory);
                table.Add(laneCount, name, times.Median, times.P99, rate, processorTime);
            }
        }

        return new PartReport("Completion: how the end of a batch is learnt", table)
        {
            Notes = ["The processor time is all of the process's: who enqueues, who waits, who polls, and the driver's threads."],
        };
    }

    private static (Percentiles Times, double Rate, double ProcessorTime) Measure(Workbench workbench, EmptyKernel kernel, nint memory, int laneCount, int? pause)
    {
        var ends = new BatchEnds();
        List<CudaStream> streams = [];
        List<CompletionLane> lanes = [];
        try
        {
            var priority = workbench.Context.GetStreamPriorities().Lowest;
            for (var index = 0; index < laneCount; index++)
            {
                for (var i = 0; i < StreamCount && index % LanesPerStreams == 0; i++)
                {
                    streams.Add(CudaStream.Create(workbench.Context, priority));
                }

                lanes.Add(new CompletionLane(workbench, [.. streams.TakeLast(StreamCount)], kernel, memory + (index * ByteSize), ByteSize, ends));
            }

            using var poller = pause is { } microseconds ? new EventPoller(workbench.Context, [.. lanes], microseconds) : null;
            return KeepBusy(workbench, lanes, ends, isCalled: poller is null);
        }
        finally
        {
            Release(lanes, streams);
        }
    }

    private static (Percentiles Times, double Rate, double ProcessorTime) KeepBusy(Workbench workbench, List<CompletionLane> lanes, BatchEnds ends, bool isCalled)
    {
        var rounds = workbench.Sizes.CompletionRounds;
        var times = new Percentiles(rounds);
        workbench.Context.MakeCurrent();
        lanes.ForEach(Begin);
        var (start, processorTime) = (0L, TimeSpan.Zero);
        for (var round = -rounds / 10; round < rounds && !(times.Count > 0 && workbench.Limit.IsOver); round++)
        {
            // At first nobody looks.
            if (round == 0)
            {
                (start, processorTime) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            }

            var end = ends.Take();
            var lane = lanes.Find(lane => lane.End == end)!;
            if (round >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(lane.Start).TotalMicroseconds);
            }

            Begin(lane);
        }

        var (elapsed, used) = (Stopwatch.GetElapsedTime(start), Environment.CpuUsage.TotalTime - processorTime);
        for (var busy = lanes.Count; busy > 0; busy--)
        {
            ends.Take();
        }

        return (times, times.Count / elapsed.TotalSeconds, used.TotalMicroseconds / times.Count);

        void Begin(CompletionLane lane)
        {
            lane.Start = Stopwatch.GetTimestamp();
            lane.Begin(isCalled);
        }
    }

    // After a failure batches may still be under way, and use the lanes' memory.
    private static void Release(List<CompletionLane> lanes, List<CudaStream> streams)
    {
        foreach (var stream in streams)
        {
            try
            {
                stream.Synchronize();
            }
            catch (CudaException)
            {
                // A device that has failed runs nothing any more.
            }
        }

        lanes.ForEach(static lane => lane.Dispose());
        streams.ForEach(static stream => stream.Dispose());
    }
}
