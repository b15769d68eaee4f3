using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>Two models on one GPU, each on some lanes: their batches per second together, and alone.</summary>
internal sealed class ConcurrencyPart : IPart
{
    /// <inheritdoc/>
    public string Name => "concurrency";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        var length = workbench.Sizes.ShortMatrix;
        var (multiply, add) = (Workload.Multiply(length, length, length), Workload.AddVectors(workbench.Sizes.Vector));
        using var multiplier = workbench.Load(multiply.Sample);
        using var adder = workbench.Load(add.Sample);
        var table = new FigureTable("lanes each", "sgemm alone, /s", "vector_add alone, /s", "sgemm together, /s", "vector_add together, /s", "together / alone, summed");
        foreach (var laneCount in workbench.Sizes.LaneCounts)
        {
            // The models' lanes are different ones, as they are in the engine.
            BusyModel Multiply() => new(workbench, multiplier, multiply, 1, laneCount);
            BusyModel Add() => new(workbench, adder, add, 1 + laneCount, laneCount);

            var multiplyAlone = MeasureAlone(workbench, Multiply);
            var addAlone = MeasureAlone(workbench, Add);
            using var multiplying = Multiply();
            using var adding = Add();
            var together = RateMeter.Measure(workbench, multiplying, adding);
            table.Add(
                laneCount,
                multiplyAlone,
                addAlone,
                together[0],
                together[1],
                (together[0] / multiplyAlone) + (together[1] / addAlone));
        }

        return new PartReport($"Concurrency: {multiply} beside {add}", table)
        {
            Notes = ["The last column sums what each model keeps of its rate alone: 1 = no better than taking turns, 2 = neither notices the other."],
        };
    }

    private static double MeasureAlone(Workbench workbench, Func<BusyModel> start)
    {
        using var model = start();
        return RateMeter.Measure(workbench, model)[0];
    }
}
