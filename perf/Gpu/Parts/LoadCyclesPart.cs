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
        var (cycles, cyclesBefore) = (workbench.Sizes.Cycles, workbench.Sizes.CyclesBefore);
        RunCycles(workbench, cyclesBefore);
        var before = Look(workbench);
        RunCycles(workbench, cycles);
        var after = Look(workbench);
        var table = new MarkdownTable("memory", $"after {cyclesBefore:N0} cycles, MiB", $"after {cycles:N0} more, MiB", "grown by, MiB");
        table.Add("host, resident", Text.Number(before.Host / MiB), Text.Number(after.Host / MiB), Text.Number((after.Host - before.Host) / MiB));
        table.Add("device, taken by anybody", Text.Number(before.Device / MiB), Text.Number(after.Device / MiB), Text.Number((after.Device - before.Device) / MiB));
        return new PartReport("Loads and unloads", table)
        {
            Targets =
            [
                new Target($"host memory after {cycles:N0} loads and unloads, grown by", (after.Host - before.Host) / MiB, MostHostGrowth, "MiB"),
                new Target($"device memory after {cycles:N0} loads and unloads, grown by", (after.Device - before.Device) / MiB, MostDeviceGrowth, "MiB"),
            ],
        };
    }

    private static void RunCycles(Workbench workbench, int count)
    {
        var ends = new BatchEnds();
        var workload = Workload.AddVectors(workbench.Sizes.SmallVector);
        for (var cycle = 0; cycle < count; cycle++)
        {
            using var model = workbench.Load(workload.Sample);
            using var lane = new ModelLane(workbench, model, 1, workload, ends);
            lane.Begin();
            ends.Take();
        }
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
