using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>Loads a module, runs a batch and unloads it, very often: neither the host's memory nor the device's grows.</summary>
internal sealed class LoadCyclesPart : IPart
{
    private const double MiB = 1 << 20;

    // The driver takes device memory in blocks of 2 MiB; one that comes late is no leak.
    private const double MostDeviceGrowth = 2;

    // 10,000 cycles that keep 2 KiB each would show.
    private const double MostHostGrowth = 16;

    /// <inheritdoc/>
    public string Name => "cycles";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        var cyclesBefore = RunCycles(workbench, workbench.Sizes.CyclesBefore);
        var before = Look(workbench);
        var cycles = RunCycles(workbench, workbench.Sizes.Cycles);
        var after = Look(workbench);
        var table = new FigureTable("memory", $"after {cyclesBefore:N0} cycles, MiB", $"after {cycles:N0} more, MiB", "grown by, MiB");
        table.Add("host, resident", before.Host / MiB, after.Host / MiB, (after.Host - before.Host) / MiB);
        table.Add("device, taken by anybody", before.Device / MiB, after.Device / MiB, (after.Device - before.Device) / MiB);
        return new PartReport("Loads and unloads", table)
        {
            Notes = cycles < workbench.Sizes.Cycles ? [$"The time was over after {cycles:N0} of {workbench.Sizes.Cycles:N0} cycles."] : [],
            Targets =
            [
                new Target($"host memory after {cycles:N0} loads and unloads, grown by", (after.Host - before.Host) / MiB, MostHostGrowth, "MiB"),
                new Target($"device memory after {cycles:N0} loads and unloads, grown by", (after.Device - before.Device) / MiB, MostDeviceGrowth, "MiB"),
            ],
        };
    }

    // How many there were when the time was over, if it was.
    private static int RunCycles(Workbench workbench, int count)
    {
        var ends = new BatchEnds();
        var workload = Workload.AddVectors(workbench.Sizes.SmallVector);
        var cycle = 0;
        for (; cycle < count && !workbench.Limit.IsOver; cycle++)
        {
            using var model = workbench.Load(workload.Sample);
            using var lane = new ModelLane(workbench, model, 1, workload, ends);
            lane.Begin();
            ends.Take();
        }

        return cycle;
    }

    private static (long Host, long Device) Look(Workbench workbench)
    {
        // What the garbage collector keeps for later is no growth: it gives that back to the system.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (Environment.WorkingSet, workbench.Info.MemoryByteSize - workbench.Context.FreeByteSize);
    }
}
