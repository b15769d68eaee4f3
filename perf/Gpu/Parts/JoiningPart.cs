using System.Diagnostics;
using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>Sixteen clients, each with one row in the device's memory: how many rows a second are computed when each runs alone, and when they join.</summary>
internal sealed class JoiningPart : IPart
{
    private const int ClientCount = 16;

    // Batches at once, as many as the engine has lanes at most, and the rows of each.
    private static readonly (int Lanes, int Rows)[] Ways = [(4, 1), (4, 4), (2, 8), (1, 16)];

    /// <inheritdoc/>
    public string Name => "joining";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        var length = workbench.Sizes.SmallVector;
        using var model = workbench.Load(Workload.Softmax(1, length).Sample);
        using var clients = new ClientRows(workbench, model.Share, ClientCount, length);
        var table = new FigureTable("batches at once", "rows each", "rows, /s", "over alone");
        var alone = 0.0;
        foreach (var (laneCount, rowCount) in Ways)
        {
            var rate = Measure(workbench, model, clients, laneCount, rowCount);
            alone = alone == 0 ? rate : alone;
            table.Add(laneCount, rowCount, rate, rate / alone);
        }

        return new PartReport($"Joining: rows of softmax [{length}] of {ClientCount} clients on the GPU", table)
        {
            Notes = ["A row alone is read where it lies; rows that join are copied on the GPU first. All answers are copied on the GPU to where the clients want them."],
        };
    }

    private static double Measure(Workbench workbench, GpuModel model, ClientRows clients, int laneCount, int rowCount)
    {
        var ends = new BatchEnds();
        var lanes = new Dictionary<BatchEnd, RowsLane>();
        try
        {
            for (var index = 1; index <= laneCount; index++)
            {
                var end = new BatchEnd(ends);
                lanes.Add(end, new RowsLane(model, index, clients, rowCount, end));
            }

            return Measure(workbench, lanes, ends, rowCount);
        }
        finally
        {
            foreach (var lane in lanes.Values)
            {
                lane.Dispose();
            }
        }
    }

    private static double Measure(Workbench workbench, Dictionary<BatchEnd, RowsLane> lanes, BatchEnds ends, int rowCount)
    {
        var (client, batches, start, seconds) = (0, -workbench.Sizes.LeastBatches, Stopwatch.GetTimestamp(), 0.0);
        foreach (var lane in lanes.Values)
        {
            Begin(lane);
        }

        for (var busy = lanes.Count; busy > 0;)
        {
            var lane = lanes[ends.Take()];
            if (seconds > 0 || workbench.Limit.IsOver)
            {
                busy--;
                continue;
            }

            // The first ones are to warm up.
            if (++batches == 0)
            {
                start = Stopwatch.GetTimestamp();
            }

            var elapsed = Stopwatch.GetElapsedTime(start);
            seconds = batches >= workbench.Sizes.LeastBatches && elapsed >= workbench.Sizes.Duration ? elapsed.TotalSeconds : 0;
            Begin(lane);
        }

        if (seconds == 0)
        {
            workbench.Limit.ThrowIfOver();
        }

        return batches * rowCount / seconds;

        void Begin(RowsLane lane)
        {
            lane.Begin(client);
            client += rowCount;
        }
    }
}
