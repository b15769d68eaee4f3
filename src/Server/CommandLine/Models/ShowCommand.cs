using System.CommandLine;
using System.Text.Json.Nodes;
using Camshaft.Server.CommandLine.Objectives;
using Camshaft.Server.CommandLine.Remote;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine.Models;

/// <summary><c>camshaft models show</c>: one model's versions, signature and configuration.</summary>
internal sealed class ShowCommand : DocumentedCommand
{
    private readonly Argument<string> _model = new("MODEL") { Description = "The model's name." };
    private readonly Option<long?> _version = new("--version") { HelpName = "NUMBER", Description = "One version. [default: the highest that is ready]" };
    private readonly ConnectionOptions _connection = new();
    private readonly OutputOption _output = new();

    public ShowCommand()
        : base("show", "Shows what a model takes and gives, and how it is configured.", "camshaft models show resnet50", "camshaft models show resnet50 --version 2 --output json")
    {
        Add(_model);
        Add(_version);
        _connection.AddTo(this);
        Add(_output);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var path = ServerClient.ModelPath(result.GetValue(_model)!, result.GetValue(_version));
        var metadata = await server.GetAsync(path, cancellationToken).ConfigureAwait(false);
        var config = await server.GetAsync($"{path}/config", cancellationToken).ConfigureAwait(false);
        var slo = await server.GetAsync("v2/slo", cancellationToken).ConfigureAwait(false);
        var objectives = slo["models"]!.AsArray().Where(model => (string)model!["model"]! == result.GetValue(_model)).ToList();
        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            metadata["config"] = config.DeepClone();
            metadata["slo"] = objectives is [var objective] ? objective!.DeepClone() : null;
            await output.WriteLineAsync(metadata.ToJsonString(CommandJson.Options)).ConfigureAwait(false);
            return CamshaftCommand.Success;
        }

        await output.WriteLineAsync($"{metadata["name"]}, versions {string.Join(", ", metadata["versions"]!.AsArray())}, {metadata["platform"]}").ConfigureAwait(false);
        await output.WriteLineAsync().ConfigureAwait(false);
        var tensors = new Table("", "NAME", "DATATYPE", "SHAPE");
        AddTensors(tensors, "input", metadata["inputs"]!.AsArray());
        AddTensors(tensors, "output", metadata["outputs"]!.AsArray());
        tensors.Write(output);
        await output.WriteLineAsync().ConfigureAwait(false);
        var settings = new Table("CONFIGURATION", "VALUE");
        foreach (var (name, value) in config.AsObject().Where(static member => member.Key is not ("name" or "input" or "output" or "platform")))
        {
            settings.Add(name, value?.ToJsonString() ?? "-");
        }

        settings.Write(output);
        if (objectives.Count > 0)
        {
            await output.WriteLineAsync().ConfigureAwait(false);
            ObjectiveTable.Create(objectives).Write(output);
        }

        return CamshaftCommand.Success;
    }

    private static void AddTensors(Table table, string kind, JsonArray tensors)
    {
        foreach (var tensor in tensors)
        {
            table.Add(kind, (string)tensor!["name"]!, (string)tensor["datatype"]!, tensor["shape"]!.ToJsonString());
        }
    }
}
