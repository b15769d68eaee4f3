using System.CommandLine;
using Camshaft.Load;
using Camshaft.Load.Plans;

namespace Camshaft.Server.CommandLine.Bench;

/// <summary>The options that say what to load and for how long: a scenario file, or models at the command line, never both.</summary>
internal sealed class PlanOptions
{
    // Where a search begins that was not told where.
    private const string FirstRate = "10";

    // A model has one of them, its own or by default.
    private static readonly string[] Sources = ["rate", "concurrency", "trace"];

    private readonly Option<string[]> _models = new("--model", "-m") { HelpName = "NAME[:SETTING=VALUE,…]", Description = "A model and its load; may be repeated. Settings: concurrency=N (closed loop, default 1); rate=N a second (open loop) with arrival=poisson|constant|gamma and cv=N for gamma; trace=FILE.csv with speed=N; slo=20ms, percentile=99, version=N, batch=N, inflight=N, shape.INPUT=1x64, fill.INPUT=NUMBER." };
    private readonly Option<string> _scenario = new("--scenario") { HelpName = "FILE", Description = "A JSON file with target, duration, warmUp, drain, seed and models, instead of --model." };
    private readonly Option<string> _duration = new("--duration", "-d") { HelpName = "TIME", Description = "How long is measured. [default: the scenario's, else 30s]" };
    private readonly Option<string> _warmUp = new("--warm-up") { HelpName = "TIME", Description = "How long the same load runs before that. [default: the scenario's, else 5s]" };
    private readonly Option<int?> _seed = new("--seed") { HelpName = "NUMBER", Description = "Where all chance comes from. [default: the scenario's, else 1]" };

    // Each is the setting of the same name for models that do not say otherwise.
    private readonly Option<string>[] _defaults =
    [
        new("--rate") { HelpName = "NUMBER", Description = "Requests a second for every model without a load of its own." },
        new("--concurrency") { HelpName = "NUMBER", Description = "Clients in a closed loop for every model without a load of its own." },
        new("--trace") { HelpName = "FILE", Description = "Arrivals for every model without a load of its own: a CSV file with a column TIMESTAMP." },
        new("--arrival") { HelpName = "KIND", Description = "poisson, constant or gamma, for every model with a rate that does not say." },
        new("--cv") { HelpName = "NUMBER", Description = "The coefficient of variation of gamma arrivals, for every model that does not say." },
        new("--trace-speed") { HelpName = "NUMBER", Description = "How many times as fast traces are replayed, where a model does not say." },
        new("--slo") { HelpName = "TIME", Description = "The latency promised, for every model that does not say." },
        new("--percentile") { HelpName = "NUMBER", Description = "The percentile that has to keep it, for every model that does not say. [default: 99]" },
    ];

    private readonly Option<string[]> _shapes = new("--shape") { HelpName = "INPUT=LENGTHS", Description = "A shape as in INPUT0=1,64, for every model that does not say; may be repeated." };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_models);
        command.Add(_scenario);
        command.Add(_duration);
        command.Add(_warmUp);
        command.Add(_seed);
        foreach (var option in _defaults)
        {
            command.Add(option);
        }

        command.Add(_shapes);
    }

    /// <summary>Reads them.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="needsRate">Whether a model without a load of its own gets a rate, to begin with.</param>
    /// <returns>The scenario's target, if it names one, and the plan.</returns>
    /// <exception cref="CommandException">They are not understood, or do not go together.</exception>
    public (string? Target, LoadPlan Plan) Read(ParseResult result, bool needsRate)
    {
        try
        {
            var scenario = result.GetValue(_scenario) is { } path ? ScenarioFile.Read(path) : null;
            var models = result.GetValue(_models) ?? [];
            if (models.Length > 0 == scenario is not null)
            {
                throw new LoadException("Say what to load: either --model, once or more, or --scenario.");
            }

            var ignored = _defaults.Append<Option>(_shapes).FirstOrDefault(option => result.GetResult(option) is { Implicit: false });
            if (scenario is not null && ignored is not null)
            {
                throw new LoadException($"{ignored.Name} goes with --model only; a scenario says it itself.");
            }

            var plan = scenario?.Plan ?? new LoadPlan([.. models.Select(text => ReadModel(result, text, needsRate))]);
            plan = plan with
            {
                Duration = result.GetValue(_duration) is { } duration ? DurationText.Parse(duration) : plan.Duration,
                WarmUp = result.GetValue(_warmUp) is { } warmUp ? DurationText.Parse(warmUp) : plan.WarmUp,
                Seed = result.GetValue(_seed) ?? plan.Seed,
            };
            plan.Check();
            return (scenario?.Target, plan);
        }
        catch (LoadException exception)
        {
            throw new CommandException(exception.Message, CamshaftCommand.UsageError, exception);
        }
    }

    private ModelLoad ReadModel(ParseResult result, string text, bool needsRate)
    {
        var (name, settings) = ModelLoadReader.Split(text);
        var hasSource = Sources.Any(settings.ContainsKey);
        if (needsRate && !hasSource && !_defaults.Any(option => Sources.Contains(option.Name[2..]) && result.GetValue(option) is not null))
        {
            settings.Add("rate", FirstRate);
        }

        foreach (var option in _defaults)
        {
            var key = option.Name == "--trace-speed" ? "speed" : option.Name[2..];
            if (result.GetValue(option) is { } value && Applies(key, settings, hasSource))
            {
                settings.TryAdd(key, value);
            }
        }

        foreach (var shape in result.GetValue(_shapes) ?? [])
        {
            if (shape.Split('=', 2) is not [{ Length: > 0 } input, var lengths])
            {
                throw new LoadException($"'{shape}' is no shape of an input; expected INPUT=1,64.");
            }

            settings.TryAdd($"shape.{input}", lengths);
        }

        return ModelLoadReader.Read(name, settings);
    }

    private static bool Applies(string key, Dictionary<string, string> settings, bool hasSource) => key switch
    {
        "rate" or "concurrency" or "trace" => !hasSource,
        "speed" => settings.ContainsKey("trace"),
        "arrival" => settings.ContainsKey("rate"),
        "cv" => settings.ContainsKey("rate") && settings.GetValueOrDefault("arrival", "gamma") == "gamma",
        _ => true,
    };
}
