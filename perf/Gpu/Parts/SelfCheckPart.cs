using Camshaft.GpuBenchmark.Lanes;
using Camshaft.GpuBenchmark.SelfCheck;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary>Whether the samples compute on the device what plain C# does. Each batch runs several times: a sequence of kernels is recorded the second time.</summary>
internal sealed class SelfCheckPart : IPart
{
    private const int Rounds = 4;

    /// <inheritdoc/>
    public string Name => "check";

    /// <inheritdoc/>
    public PartReport Run(Workbench workbench)
    {
        var table = new FigureTable("batch", "largest deviation", "allowed", "result");
        var faults = new List<string>();
        foreach (var sample in SampleCase.All)
        {
            var deviation = FindLargestDeviation(workbench, sample);
            var isRight = deviation <= sample.Tolerance;
            table.Add(sample.Workload.ToString(), $"{deviation:G2}", $"{sample.Tolerance:G2}", isRight ? "passed" : "**failed**");
            if (!isRight)
            {
                faults.Add($"{sample.Workload} deviates by {deviation:G2}; allowed is {sample.Tolerance:G2}.");
            }
        }

        return new PartReport($"Self-check: {SampleCase.All.Count - faults.Count} of {SampleCase.All.Count} passed", table) { Faults = faults };
    }

    private static double FindLargestDeviation(Workbench workbench, SampleCase sample)
    {
        var ends = new BatchEnds();
        using var model = workbench.Load(sample.Workload.Sample);
        using var lane = new ModelLane(workbench, model, 1, sample.Workload, ends);
        var inputs = lane.Inputs;
        var largest = 0.0;
        for (var round = 0; round < Rounds; round++)
        {
            // What is not copied back is not a number, and not the right one from the round before.
            lane.Output.Fill(float.NaN);
            lane.Begin();
            ends.Take();
            for (var i = 0; i < lane.Output.Length; i++)
            {
                var deviation = Math.Abs(lane.Output[i] - sample.Expect(inputs, i));
                largest = Math.Max(largest, double.IsNaN(deviation) ? double.PositiveInfinity : deviation);
            }
        }

        return largest;
    }
}
