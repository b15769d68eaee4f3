using System.CommandLine;
using Camshaft.Backends.Cuda;
using Camshaft.GpuBenchmark;

string[] names = [.. Benchmark.Parts.Select(static part => part.Name)];
var chosen = new Argument<string[]>("part") { Description = "What to measure; everything, if nothing is named", DefaultValueFactory = _ => names };
chosen.AcceptOnlyFromAmong(names);
var gpu = new Option<int>("--gpu") { Description = "The GPU's number", DefaultValueFactory = static _ => 0 };
var simulated = new Option<bool>("--simulated") { Description = "Only see that every part works, on a simulated driver" };

var command = new RootCommand("Measures Camshaft on a GPU beside bare calls of the driver and prints what it finds as tables in Markdown.") { chosen, gpu, simulated };
command.SetAction(parsed =>
{
    using var simulation = parsed.GetValue(simulated) ? Simulation.Start() : null;
    var benchmark = new Benchmark(simulation is null ? CudaDriver.Load : () => new CudaDriver(simulation.Resolve), parsed.GetValue(gpu), simulation is not null);
    return benchmark.Run(parsed.GetValue(chosen)!, Console.Out, Console.Error);
});
return command.Parse(args).Invoke();
