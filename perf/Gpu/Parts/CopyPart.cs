using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>How quickly a lane copies, page-locked memory and other, beside a bare copy of the same bytes. Both take turns; medians.</summary>
internal sealed class CopyPart : IPart
{
    private const double LeastRatio = 0.95;

    /// <inheritdoc/>
    public string Name => "copy";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        var table = new FigureTable("host memory", "direction", "bytes", "cuMemcpy, GB/s", "lane, GB/s", "lane / cuMemcpy");
        var targets = new List<Target>();
        var bare = new BareCopy(workbench.Device);
        using var share = workbench.Device.Open(new AcceleratorTerms("The copy benchmark"));
        using var lane = (IAcceleratorLane)share.CreateLane(1);
        foreach (var byteSize in workbench.Sizes.CopyByteSizes)
        {
            foreach (var isPinned in (ReadOnlySpan<bool>)[true, false])
            {
                using var host = isPinned ? workbench.Pin(byteSize) : HostBlock.TakePageable(byteSize);
                var device = share.Allocate(byteSize);
                var copies = new Copies(lane, bare, host, device);
                workbench.Context.MakeCurrent();
                foreach (var isIn in (ReadOnlySpan<bool>)[true, false])
                {
                    var (bareRate, laneRate) = copies.Measure(isIn, workbench.Sizes.CopyRounds, workbench.Limit);
                    table.Add(isPinned ? "pinned" : "pageable", isIn ? "to the GPU" : "from the GPU", byteSize, bareRate, laneRate, laneRate / bareRate);
                    if (isPinned && byteSize == workbench.Sizes.CopyByteSizes[^1])
                    {
                        targets.Add(new Target($"a lane's pinned copies {(isIn ? "to" : "from")} the GPU, of the bare rate", laneRate / bareRate, LeastRatio, "", IsLeast: true));
                    }
                }

                share.Free(device);
            }
        }

        return new PartReport("Copies", table) { Targets = targets };
    }

    // What is copied between: one host and one device block of the same size.
    private sealed class Copies(IAcceleratorLane lane, BareCopy bare, HostBlock host, nint device)
    {
        private readonly BatchEnds _ends = new();

        public (double Bare, double Lane) Measure(bool isIn, int rounds, TimeLimit limit)
        {
            var (bareTimes, laneTimes) = (new Percentiles(rounds), new Percentiles(rounds));
            do
            {
                bareTimes.Add(Time(() => CopyBare(isIn)));
                laneTimes.Add(Time(() => CopyByLane(isIn)));
            }
            while (bareTimes.Count < rounds && !limit.IsOver);

            return (GetRate(bareTimes), GetRate(laneTimes));
        }

        private static double Time(Action action)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        private double GetRate(Percentiles microseconds) => host.ByteSize / microseconds.Median / 1e3;

        private void CopyBare(bool isIn)
        {
            if (isIn)
            {
                bare.CopyIn(device, host.Address, host.ByteSize);
            }
            else
            {
                bare.CopyOut(host.Address, device, host.ByteSize);
            }
        }

        private void CopyByLane(bool isIn)
        {
            lane.Begin();
            if (isIn)
            {
                lane.CopyIn(device, host.Address, host.ByteSize);
            }

            lane.BeginCompute();
            lane.EndCompute();
            if (!isIn)
            {
                lane.CopyOut(host.Address, device, host.ByteSize);
            }

            lane.End(new BatchEnd(_ends));
            _ends.Take();
        }
    }
}
