using System.CommandLine;
using System.Diagnostics;
using Camshaft.Backends.Cuda;
using Camshaft.GpuBenchmark;

string[] names = [.. Benchmark.Parts.Select(static part => part.Name)];
var chosen = new Argument<string[]>("part") { Description = "What to measure; everything, if nothing is named", DefaultValueFactory = _ => names };
chosen.AcceptOnlyFromAmong(names);
var gpu = new Option<int>("--gpu") { Description = "The GPU's number", DefaultValueFactory = static _ => 0 };
var simulated = new Option<bool>("--simulated") { Description = "Only see that every part works, on a simulated driver" };
var quick = new Option<bool>("--quick") { Description = "Measure less of everything: a few minutes in all" };
var output = new Option<string?>("--output")
{
    Description = $"A directory for {ResultFile.Name}, the same figures for programs; default: what the environment variable OUT names, else none is written",
    DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("OUT") is { Length: > 0 } directory ? directory : null,
};

var command = new RootCommand("Measures Camshaft on a GPU beside bare calls of the driver and prints what it finds as tables in Markdown.") { chosen, gpu, simulated, quick, output };
command.SetAction(parsed =>
{
    using var simulation = parsed.GetValue(simulated) ? Simulation.Start() : null;
    var options = new BenchmarkOptions { Ordinal = parsed.GetValue(gpu), IsSimulated = simulation is not null, IsQuick = parsed.GetValue(quick), OutputDirectory = parsed.GetValue(output) };
    var benchmark = new Benchmark(simulation is null ? CudaDriver.Load : () => new CudaDriver(simulation.Resolve), options);

    // A call of the driver that never returns is bounded by nothing else.
    using var watchdog = new Watchdog(options.Sizes.MostTime(parsed.GetValue(chosen)!.Length), Console.Error, Process.GetCurrentProcess().Kill, TimeProvider.System);
    return benchmark.Run(parsed.GetValue(chosen)!, Console.Out, Console.Error);
});
return command.Parse(args).Invoke();
