using System.CommandLine;
using System.Globalization;
using Camshaft.BinaryBenchmark;
using Camshaft.BinaryBenchmark.Echo;
using Camshaft.BinaryBenchmark.Parts;

if (args is ["echo", var port, var path, var kind])
{
    await EchoPeer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), path, kind == "blocking").ConfigureAwait(false);
    return 0;
}

var parts = new Dictionary<string, Action<BenchmarkOptions, TextWriter>>
{
    ["rates"] = RatesPart.Run,
    ["shared-memory"] = SharedMemoryPart.Run,
};
var part = new Argument<string>("part") { Description = "What to measure" };
part.AcceptOnlyFromAmong([.. parts.Keys]);
var rounds = new Option<int>("--rounds") { Description = "How often each server has its turn", DefaultValueFactory = static _ => 7 };
var turn = new Option<int>("--milliseconds") { Description = "How long a turn is", DefaultValueFactory = static _ => 400 };
var warmUp = new Option<int>("--warm-up") { Description = "How many milliseconds each server works before it is measured", DefaultValueFactory = static _ => 2000 };
var sockets = new Option<string>("--sockets") { Description = "TCP, Unix sockets or both", DefaultValueFactory = static _ => "both" };
sockets.AcceptOnlyFromAmong("tcp", "unix", "both");
var models = new Option<string[]>("--models") { Description = "Directories of models", DefaultValueFactory = static _ => ["samples/models", "../shared/models"] };
var server = new Option<string>("--server")
{
    Description = "The server's assembly",
    DefaultValueFactory = static _ => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Camshaft.Server/release/camshaft.dll")),
};

var command = new RootCommand("Measures Camshaft's binary transport beside raw echoes of the same bytes.") { part, rounds, turn, warmUp, sockets, models, server };
command.SetAction(parsed => parts[parsed.GetValue(part)!](
    new BenchmarkOptions
    {
        Server = parsed.GetValue(server)!,
        Models = [.. parsed.GetValue(models)!.Where(Directory.Exists)],
        Rounds = parsed.GetValue(rounds),
        Duration = TimeSpan.FromMilliseconds(parsed.GetValue(turn)),
        WarmUp = TimeSpan.FromMilliseconds(parsed.GetValue(warmUp)),
        UnixSockets = parsed.GetValue(sockets) switch { "tcp" => [false], "unix" => [true], _ => [false, true] },
    },
    Console.Out));
return command.Parse(args).Invoke();
