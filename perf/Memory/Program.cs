using System.CommandLine;
using Camshaft.MemoryBenchmark;

var models = new Option<string>("--models") { Description = "The directory of models", DefaultValueFactory = static _ => "../shared/models" };
var server = new Option<string>("--server")
{
    Description = "The server's assembly; its plugins lie beside it",
    DefaultValueFactory = static _ => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Camshaft.Server/release/camshaft.dll")),
};

var model = new Option<string>("--model") { Description = "The model to load and unload", DefaultValueFactory = static _ => "densenet121" };
var count = new Option<int>("--cycles") { Description = "How often", DefaultValueFactory = static _ => 50 };
var cache = new Option<bool>("--no-model-cache") { Description = "Load the model as it is, not from its prepared form" };
var cycles = new Command("cycles", "Loads and unloads one model again and again, in a server of its own, and reads the anonymous memory after each unload.") { models, server, model, count, cache };
cycles.SetAction(async (parsed, _) => await LoadCycles.RunAsync(
    parsed.GetValue(server)!, parsed.GetValue(models)!, parsed.GetValue(model)!, parsed.GetValue(count), !parsed.GetValue(cache), Console.Out).ConfigureAwait(false));

var copies = new Option<int>("--copies") { Description = "How many models there are", DefaultValueFactory = static _ => 40 };
var fitting = new Option<int>("--fitting") { Description = "For how many of them, of average size, the budget is", DefaultValueFactory = static _ => 10 };
var requests = new Option<int>("--requests") { Description = "How many requests are sent", DefaultValueFactory = static _ => 5000 };
var clients = new Option<int>("--clients") { Description = "How many are under way at once", DefaultValueFactory = static _ => 4 };
var exponent = new Option<double>("--zipf") { Description = "The exponent of the models' popularity", DefaultValueFactory = static _ => 0.9 };
var seed = new Option<int>("--seed") { Description = "Makes the order of models and requests", DefaultValueFactory = static _ => 1 };
var budget = new Command("budget", "Sends requests to many models, of which the memory budget holds some, beside oracles that know how often each is asked for.")
{
    models, server, copies, fitting, requests, clients, exponent, seed,
};
budget.SetAction(async (parsed, _) => await BudgetRun.RunAsync(
    new BudgetScenario
    {
        Server = parsed.GetValue(server)!,
        Models = parsed.GetValue(models)!,
        Copies = parsed.GetValue(copies),
        Fitting = parsed.GetValue(fitting),
        Requests = parsed.GetValue(requests),
        Clients = parsed.GetValue(clients),
        Exponent = parsed.GetValue(exponent),
        Seed = parsed.GetValue(seed),
    },
    Console.Out).ConfigureAwait(false));

return await new RootCommand("Measures what models take of memory.") { cycles, budget }.Parse(args).InvokeAsync().ConfigureAwait(false);
