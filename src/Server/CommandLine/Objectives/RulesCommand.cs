using System.CommandLine;
using System.Globalization;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Repository;
using Camshaft.Server.CommandLine.Remote;

namespace Camshaft.Server.CommandLine.Objectives;

/// <summary><c>camshaft slo rules</c>: writes rules by which Prometheus watches the same objectives as the server does.</summary>
internal sealed class RulesCommand : DocumentedCommand
{
    private const int MostScrapeSeconds = 300;

    private readonly ConnectionOptions _connection = new();
    private readonly Option<string[]> _models = new("--models") { HelpName = "DIR", Description = "A directory of models to read objectives from; several are one repository. [default: those of a running server]" };
    private readonly Option<int> _interval = new("--scrape-interval") { HelpName = "SECONDS", Description = "How often Prometheus reads the server's metrics.", DefaultValueFactory = static _ => 15 };

    public RulesCommand()
        : base(
            "rules",
            "Writes a rule file for Prometheus that watches the objectives of a model repository, or of a running server, by the burn rates that the server itself uses.",
            "camshaft slo rules --models /srv/models > camshaft-slo.yaml",
            "camshaft slo rules --url http://server:8000 --scrape-interval 30")
    {
        Add(_models);
        Add(_interval);
        _connection.AddTo(this);
        _interval.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > MostScrapeSeconds))
            {
                result.AddError($"'{token.Value}' is no interval; expected 1 to {MostScrapeSeconds} seconds.");
            }
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var objectives = result.GetValue(_models) is { Length: > 0 } directories
            ? ReadRepository(directories)
            : await ReadServerAsync(result, cancellationToken).ConfigureAwait(false);
        if (objectives.Count == 0)
        {
            throw new CommandException("No model has an objective; expected an slo in a model.yaml.");
        }

        var output = result.InvocationConfiguration.Output;
        await output.WriteAsync(RuleFile.Write(objectives.Select(model => ObjectiveRules.Create(model.Name, model.Objective, TimeSpan.FromSeconds(result.GetValue(_interval)))))).ConfigureAwait(false);
        return CamshaftCommand.Success;
    }

    private static List<(string Name, LatencyObjective Objective)> ReadRepository(string[] directories)
    {
        var repository = new ModelRepository(directories);
        if (repository.FindFaults() is [var fault, ..])
        {
            throw new CommandException(fault);
        }

        var definitions = repository.Scan();
        return definitions.FirstOrDefault(static definition => definition.Error is not null) is { } spoilt
            ? throw new CommandException($"Model '{spoilt.Name}' cannot be read: {spoilt.Error}")
            : [.. definitions.Where(static definition => definition.Configuration.Scheduling.Objective is not null).Select(static definition => (definition.Name, definition.Configuration.Scheduling.Objective!))];
    }

    private async Task<List<(string Name, LatencyObjective Objective)>> ReadServerAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var answer = await server.GetAsync("v2/slo", cancellationToken).ConfigureAwait(false);
        return [.. answer["models"]!.AsArray().Select(static model => ((string)model!["model"]!, new LatencyObjective(TimeSpan.FromMilliseconds((double)model["latency_ms"]!))
        {
            Percentile = (double)model["percentile"]!,
            Availability = (double)model["availability"]!,
            Window = TimeSpan.FromSeconds((double)model["window_s"]!),
        }))];
    }
}
