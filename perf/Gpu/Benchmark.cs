using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.GpuBenchmark.Parts;

namespace Camshaft.GpuBenchmark;

/// <summary>Runs parts one after another, each for a bounded time, and prints what they find.</summary>
/// <param name="load">Loads the driver.</param>
/// <param name="options">What is run, and how.</param>
internal sealed class Benchmark(Func<CudaDriver> load, BenchmarkOptions options)
{
    /// <summary>Every part, in the order in which they run: what decides most comes first.</summary>
    public static IReadOnlyList<IPart> Parts { get; } =
        [new FactsPart(), new SelfCheckPart(), new LatencyPart(), new CompletionPart(), new NeighbourPart(), new OverlapPart(), new CopyPart(), new ConcurrencyPart(), new JoiningPart(), new LoadCyclesPart()];

    /// <summary>Runs some of them.</summary>
    /// <returns>The program's exit code: 0 = every part has run to its end, and nothing was wrong.</returns>
    public int Run(IReadOnlyList<string> names, TextWriter output, TextWriter errors)
    {
        var file = options.OutputDirectory is { } directory ? new ResultFile(directory, options.IsSimulated, errors) : null;
        try
        {
            using var workbench = new Workbench(load(), options.Ordinal, options.Sizes);
            if (options.IsSimulated)
            {
                output.WriteLine("**Simulated driver: this shows that every part works. No time or rate below means anything.**");
                output.WriteLine();
            }

            return Run(workbench, names, file, output, errors);
        }
        catch (CudaUnavailableException exception)
        {
            return Refuse($"Nothing to measure: {exception.Message}. This needs an NVIDIA GPU and its driver; --simulated shows the parts without.");
        }
        catch (Exception exception) when (exception is CudaException or BackendException)
        {
            return Refuse($"GPU {options.Ordinal} cannot be used: {exception.Message}");
        }

        int Refuse(string reason)
        {
            errors.WriteLine(reason);
            file?.Add(new PartResult("start", Seconds: 0, Report: null, [reason]));
            return 1;
        }
    }

    private int Run(Workbench workbench, IReadOnlyList<string> names, ResultFile? file, TextWriter output, TextWriter errors)
    {
        var results = new List<PartResult>();
        foreach (var part in Parts.Where(part => names.Contains(part.Name)))
        {
            var result = Run(workbench, part);
            results.Add(result);
            result.Report?.Write(output);
            output.Flush();
            foreach (var failure in result.Failures)
            {
                errors.WriteLine($"{part.Name}: {failure}");
            }

            file?.Add(result);
        }

        var targets = results.SelectMany(static result => result.Report?.Targets ?? []).ToList();
        if (!options.IsSimulated && targets.Count > 0)
        {
            output.WriteLine("### Targets");
            output.WriteLine();
            Target.Summarize(targets).Write(output);
        }

        return results.All(static result => result.Failures.Count == 0) && file?.IsComplete != false ? 0 : 1;
    }

    private PartResult Run(Workbench workbench, IPart part)
    {
        var start = Stopwatch.GetTimestamp();
        workbench.Limit = new TimeLimit(options.Sizes.PartTime);
        try
        {
            var report = part.Run(workbench);
            return new PartResult(part.Name, Stopwatch.GetElapsedTime(start).TotalSeconds, report, report.Faults);
        }
        catch (Exception exception)
        {
            // Whatever it is, the other parts may still tell something.
            return new PartResult(part.Name, Stopwatch.GetElapsedTime(start).TotalSeconds, Report: null, [Describe(exception)]);
        }
    }

    // What nobody foresaw is a fault of the program's, to be looked for where it happened.
    private static string Describe(Exception exception) =>
        exception is CudaException or BackendException or InsufficientMemoryException or TimeoutException ? exception.Message : exception.ToString();
}
