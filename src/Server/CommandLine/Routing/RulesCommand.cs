using System.CommandLine;
using System.Text.Json.Nodes;
using Camshaft.Server.CommandLine.Remote;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine.Routing;

/// <summary><c>camshaft route list</c>: the rules in the order in which they are asked.</summary>
internal sealed class RulesCommand : DocumentedCommand
{
    private readonly ConnectionOptions _connection = new();
    private readonly OutputOption _output = new();

    public RulesCommand()
        : base("list", "Lists the rules in the order in which they are asked.", "camshaft route list")
    {
        _connection.AddTo(this);
        Add(_output);
        SetAction(RunAsync);
    }

    /// <summary>Writes the rules as a table.</summary>
    public static void Write(JsonNode rules, TextWriter output, TextWriter error)
    {
        var table = new Table("RULE", "SOURCE", "WHEN", "TARGETS", "FALLBACKS", "SHADOWS");
        foreach (var rule in rules["rules"]!.AsArray())
        {
            table.Add(
                (string)rule!["name"]!,
                (string)rule["source"]!,
                rule["when"]!.AsObject().Count == 0 ? "always" : rule["when"]!.ToJsonString(CommandJson.Line),
                string.Join(", ", rule["targets"]!.AsArray().Select(static target => $"{(string)target!["target"]!} ({target["weight"]})")),
                string.Join(", ", rule["fallbacks"]!.AsArray().Select(static target => (string)target!)),
                string.Join(", ", rule["shadows"]!.AsArray().Select(static shadow => $"{(string)shadow!["target"]!} ({shadow["percent"]} %)")));
        }

        table.Write(output);
        if ((string?)rules["fault"] is { } fault)
        {
            error.WriteLine($"camshaft: The files' present rules do not hold: {fault}");
        }
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var rules = await server.GetAsync("v2/route", cancellationToken).ConfigureAwait(false);
        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(rules.ToJsonString(CommandJson.Options)).ConfigureAwait(false);
        }
        else
        {
            Write(rules, output, result.InvocationConfiguration.Error);
        }

        return CamshaftCommand.Success;
    }
}
