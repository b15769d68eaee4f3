using System.CommandLine;
using System.Text.Json;
using Camshaft.EngineBenchmark;
using Camshaft.EngineBenchmark.Beside;
using Camshaft.EngineBenchmark.ColdStart;
using Camshaft.EngineBenchmark.Copies;
using Camshaft.EngineBenchmark.Mixed;
using Camshaft.EngineBenchmark.Overload;
using Camshaft.EngineBenchmark.Refusal;
using Camshaft.EngineBenchmark.Reporting;
using Camshaft.EngineBenchmark.Shadow;
using Camshaft.Load;

IPart[] parts = [new CopiesPart(), new MixedPart(), new BesidePart(), new OverloadPart(), new RefusalPart(), new ShadowPart(), new ColdStartPart()];

var chosen = new Argument<string[]>("part") { Description = "What to measure; everything, if nothing is named", DefaultValueFactory = _ => [.. parts.Select(static part => part.Name)] };
chosen.AcceptOnlyFromAmong([.. parts.Select(static part => part.Name)]);
var models = new Option<string>("--models") { Description = "The repository of real models", DefaultValueFactory = static _ => "../shared/models" };
var trace = new Option<string>("--trace") { Description = "The trace for overload; left out where it is not there", DefaultValueFactory = static _ => "../shared/traces/azure_llm_2023_code.csv" };
var server = new Option<string>("--server")
{
    Description = "The server's assembly",
    DefaultValueFactory = static _ => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Camshaft.Server/release/camshaft.dll")),
};
var seed = new Option<int>("--seed") { Description = "Where all chance comes from", DefaultValueFactory = static _ => 1 };
var seconds = new Option<double>("--seconds") { Description = "How long a run is measured", DefaultValueFactory = static _ => 20 };
var rounds = new Option<int>("--rounds") { Description = "How often what takes turns has its turn", DefaultValueFactory = static _ => 5 };
var capacity = new Option<double?>("--capacity") { Description = "Overload: the capacity as a multiple of the mix, in place of a search for it" };
var quick = new Option<bool>("--quick") { Description = "Only see that it works: runs of 2 seconds, one round" };
var json = new Option<string?>("--json") { Description = "A file for every figure" };

var command = new RootCommand("Measures the engine under load and prints what it finds as tables in Markdown.") { chosen, models, trace, server, seed, seconds, rounds, capacity, quick, json };
command.SetAction(async (parsed, _) =>
{
    var isQuick = parsed.GetValue(quick);
    var options = new BenchmarkOptions
    {
        Models = parsed.GetValue(models)!,
        Trace = parsed.GetValue(trace)!,
        Server = parsed.GetValue(server)!,
        Seed = parsed.GetValue(seed),
        Duration = TimeSpan.FromSeconds(isQuick ? 2 : parsed.GetValue(seconds)),
        Rounds = isQuick ? 1 : parsed.GetValue(rounds),
        Capacity = parsed.GetValue(capacity),
        IsQuick = isQuick,
    };
    var progress = new ProgressLine();
    var reports = new List<PartReport>();
    var failures = 0;
    using var workbench = new Workbench(options, progress);
    foreach (var part in parts.Where(part => parsed.GetValue(chosen)!.Contains(part.Name)))
    {
        try
        {
            var report = await part.RunAsync(workbench).ConfigureAwait(false);
            progress.End();
            report.Write(Console.Out);
            reports.Add(report);
        }
        catch (LoadException exception)
        {
            // The other parts can still be measured.
            progress.End();
            Console.Error.WriteLine($"{part.Name}: {exception.Message}");
            failures++;
        }
    }

    Console.WriteLine("### Targets");
    Console.WriteLine();
    Target.Summarize(reports.SelectMany(static report => report.Targets)).Write(Console.Out);
    if (parsed.GetValue(json) is { } path)
    {
        File.WriteAllText(path, JsonSerializer.Serialize(reports, new JsonSerializerOptions(JsonSerializerOptions.Web) { WriteIndented = true }));
    }

    return failures == 0 ? 0 : 1;
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
