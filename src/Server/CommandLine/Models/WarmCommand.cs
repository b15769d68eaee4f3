using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Camshaft.Server.CommandLine.Remote;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine.Models;

/// <summary><c>camshaft models warm</c>: runs a model of a running server with its samples again, and shows what batches of it take.</summary>
internal sealed class WarmCommand : DocumentedCommand
{
    private readonly Argument<string> _model = new("MODEL") { Description = "The model's name." };
    private readonly ConnectionOptions _connection = new();
    private readonly OutputOption _output = new();

    public WarmCommand()
        : base("warm", "Warms up the versions of a model that are ready again, while they serve, and shows how long batches of each size run.", "camshaft models warm resnet50", "camshaft models warm resnet50 --output json")
    {
        Add(_model);
        _connection.AddTo(this);
        Add(_output);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var answer = await server.PostAsync($"v2/repository/models/{Uri.EscapeDataString(result.GetValue(_model)!)}/warm", cancellationToken).ConfigureAwait(false);
        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(answer.ToJsonString(CommandJson.Options)).ConfigureAwait(false);
            return CamshaftCommand.Success;
        }

        var table = new Table("VERSION", "ROWS", "PROCESSOR TIME", "RUN TIME", "ROWS A SECOND");
        foreach (var version in answer["versions"]!.AsArray())
        {
            foreach (var run in version!["run_times"]!.AsArray())
            {
                table.Add([(string)version["version"]!, .. Describe(run!)]);
            }
        }

        table.Write(output);
        return CamshaftCommand.Success;
    }

    // By processor time, since that is what runs side by side share.
    private static string[] Describe(JsonNode run)
    {
        var (rows, cpu, wall) = ((int)run["rows"]!, (double)run["cpu_us"]!, (double)run["wall_us"]!);
        return [
            rows.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{cpu / 1000:0.000} ms"),
            string.Create(CultureInfo.InvariantCulture, $"{wall / 1000:0.000} ms"),
            cpu > 0 ? string.Create(CultureInfo.InvariantCulture, $"{rows * 1e6 / cpu:0}") : "-"];
    }
}
