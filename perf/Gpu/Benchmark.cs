using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.GpuBenchmark.Parts;

namespace Camshaft.GpuBenchmark;

/// <summary>Runs parts one after another and prints what they find.</summary>
/// <param name="load">Loads the driver.</param>
/// <param name="ordinal">The GPU's number.</param>
/// <param name="isSimulated">Whether it is a simulated one: sizes are small, and no time means anything.</param>
internal sealed class Benchmark(Func<CudaDriver> load, int ordinal, bool isSimulated)
{
    /// <summary>Every part, in the order in which they run.</summary>
    public static IReadOnlyList<IPart> Parts { get; } =
        [new FactsPart(), new SelfCheckPart(), new CopyPart(), new OverlapPart(), new LatencyPart(), new ConcurrencyPart(), new NeighbourPart(), new LoadCyclesPart()];

    /// <summary>Runs some of them.</summary>
    /// <returns>The program's exit code: 0 = every part has run to its end, and nothing was wrong.</returns>
    public int Run(IReadOnlyList<string> names, TextWriter output, TextWriter errors)
    {
        try
        {
            using var workbench = new Workbench(load(), ordinal, isSimulated ? BenchmarkSizes.Simulated : BenchmarkSizes.Real);
            if (isSimulated)
            {
                output.WriteLine("**Simulated driver: this shows that every part works. No time or rate below means anything.**");
                output.WriteLine();
            }

            return Run(workbench, names, output, errors);
        }
        catch (CudaUnavailableException exception)
        {
            errors.WriteLine($"Nothing to measure: {exception.Message}. This needs an NVIDIA GPU and its driver; --simulated shows the parts without.");
        }
        catch (Exception exception) when (exception is CudaException or BackendException)
        {
            errors.WriteLine($"GPU {ordinal} cannot be used: {exception.Message}");
        }

        return 1;
    }

    private int Run(Workbench workbench, IReadOnlyList<string> names, TextWriter output, TextWriter errors)
    {
        var faultCount = 0;
        var targets = new List<Target>();
        foreach (var part in Parts.Where(part => names.Contains(part.Name)))
        {
            try
            {
                var report = part.Run(workbench);
                report.Write(output);
                targets.AddRange(report.Targets);
                faultCount += report.Faults.Count;
                foreach (var fault in report.Faults)
                {
                    errors.WriteLine($"{part.Name}: {fault}");
                }
            }
            catch (Exception exception) when (exception is CudaException or BackendException or InsufficientMemoryException or TimeoutException)
            {
                // The other parts may still tell something.
                errors.WriteLine($"{part.Name}: {exception.Message}");
                faultCount++;
            }

            output.Flush();
        }

        if (!isSimulated && targets.Count > 0)
        {
            output.WriteLine("### Targets");
            output.WriteLine();
            Target.Summarize(targets).Write(output);
        }

        return faultCount == 0 ? 0 : 1;
    }
}
