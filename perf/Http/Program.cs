using System.CommandLine;
using System.Globalization;
using Camshaft.HttpBenchmark;

if (args is ["peer", var port, var answerPath, var jsonByteSize])
{
    await Peer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), answerPath, jsonByteSize).ConfigureAwait(false);
    return 0;
}

var rounds = new Option<int>("--rounds") { Description = "How often each server has its turn", DefaultValueFactory = static _ => 9 };
var seconds = new Option<int>("--seconds") { Description = "How long a turn is", DefaultValueFactory = static _ => 3 };
var warmUp = new Option<int>("--warm-up") { Description = "How many seconds each server works before it is measured", DefaultValueFactory = static _ => 20 };
var connections = new Option<int>("--connections") { Description = "Connections, each with one request under way", DefaultValueFactory = static _ => 8 };
var shared = new Option<bool>("--share-processors") { Description = "Let servers and wrk have all processors; without it the servers have processor 0 and wrk has 1" };
var scenarios = new Option<string[]>("--scenario") { Description = "Which requests; all that have a model, if none is named" };
scenarios.AcceptOnlyFromAmong([.. Scenario.All.Select(static scenario => scenario.Name)]);
var models = new Option<string[]>("--models") { Description = "Directories of models", DefaultValueFactory = static _ => ["samples/models", "../shared/models"] };
var server = new Option<string>("--server")
{
    Description = "The server's assembly",
    DefaultValueFactory = static _ => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Camshaft.Server/release/camshaft.dll")),
};
var json = new Option<string?>("--json") { Description = "A file for every figure of every round" };

var command = new RootCommand("Measures Camshaft's HTTP transport with wrk, beside a Kestrel handler that only reads the body and answers.")
{
    rounds, seconds, warmUp, connections, shared, scenarios, models, server, json,
};
command.SetAction(async (parsed, _) =>
{
    var directories = parsed.GetValue(models)!.Where(Directory.Exists).ToArray();
    var chosen = parsed.GetValue(scenarios)!;
    var options = new BenchmarkOptions
    {
        Scenarios = [.. Scenario.All.Where(scenario => chosen.Length > 0
            ? chosen.Contains(scenario.Name)
            : directories.Any(directory => Directory.Exists(Path.Combine(directory, scenario.Model))))],
        Models = directories,
        Server = parsed.GetValue(server)!,
        Rounds = parsed.GetValue(rounds),
        Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
        Connections = parsed.GetValue(connections),
        IsPinned = !parsed.GetValue(shared),
    };
    var directory = Directory.CreateTempSubdirectory("camshaft-http-");
    try
    {
        using var benchmark = new Benchmark(options, directory.FullName, Console.Error);
        var results = await benchmark.RunAsync().ConfigureAwait(false);
        Report.WriteTable(Console.Out, results);
        if (parsed.GetValue(json) is { } path)
        {
            Report.WriteJson(path, results);
        }
    }
    finally
    {
        directory.Delete(recursive: true);
    }
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
