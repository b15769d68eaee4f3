using System.CommandLine;
using System.Globalization;
using Camshaft.Server.CommandLine.Remote;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine.Models;

/// <summary><c>camshaft models list</c>: every model and version, with its state.</summary>
internal sealed class ListCommand : DocumentedCommand
{
    private readonly ConnectionOptions _connection = new();
    private readonly OutputOption _output = new();

    public ListCommand()
        : base("list", "Lists the models of a running server with their states.", "camshaft models list", "camshaft models list --url https://models.example:8000 --output json")
    {
        _connection.AddTo(this);
        Add(_output);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var index = await server.PostAsync("v2/repository/index", cancellationToken).ConfigureAwait(false);
        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(index.ToJsonString(CommandJson.Options)).ConfigureAwait(false);
            return CamshaftCommand.Success;
        }

        var table = new Table("MODEL", "VERSION", "STATE", "MEMORY", "REASON");
        foreach (var entry in index.AsArray())
        {
            table.Add(
                (string)entry!["name"]!,
                (string?)entry["version"] ?? "-",
                ((string?)entry["state"] ?? "not loaded").ToLowerInvariant(),
                (long?)entry["memory_bytes"] is { } byteSize ? string.Create(CultureInfo.InvariantCulture, $"{byteSize / 1e6:0.0} MB") : "-",
                ((string?)entry["reason"] ?? "").ReplaceLineEndings(" "));
        }

        table.Write(output);
        return CamshaftCommand.Success;
    }
}
