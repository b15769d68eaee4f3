using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Camshaft.Server.CommandLine.Remote;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine.Objectives;

/// <summary><c>camshaft alerts</c>: shows the alerts of a running server.</summary>
internal sealed class AlertsCommand : DocumentedCommand
{
    private readonly ConnectionOptions _connection = new();
    private readonly OutputOption _output = new();

    public AlertsCommand()
        : base("alerts", "Shows the alerts of a running server that are pending or fire; ends with 1 when one fires.", "camshaft alerts", "camshaft alerts --output json")
    {
        _connection.AddTo(this);
        Add(_output);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var answer = await server.GetAsync("v2/alerts", cancellationToken).ConfigureAwait(false);
        var active = answer["active"]!.AsArray();
        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(answer.ToJsonString(CommandJson.Options)).ConfigureAwait(false);
        }
        else
        {
            WriteTable(output, active);
        }

        return active.Any(static alert => (string)alert!["status"]! == "firing") ? CamshaftCommand.Failure : CamshaftCommand.Success;
    }

    private static void WriteTable(TextWriter output, JsonArray active)
    {
        var table = new Table("ALERT", "STATE", "SEVERITY", "SINCE", "WHAT");
        foreach (var alert in active)
        {
            table.Add(
                (string)alert!["labels"]!["alertname"]!,
                (string)alert["status"]!,
                (string)alert["labels"]!["severity"]!,
                ((DateTimeOffset)alert["startsAt"]!).ToString("u", CultureInfo.InvariantCulture),
                (string)alert["annotations"]!["summary"]!);
        }

        table.Write(output);
    }
}
