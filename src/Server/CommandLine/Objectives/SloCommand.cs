using System.CommandLine;
using Camshaft.Server.CommandLine.Remote;

namespace Camshaft.Server.CommandLine.Objectives;

/// <summary><c>camshaft slo</c>: shows how the models of a running server keep their objectives.</summary>
internal sealed class SloCommand : DocumentedCommand
{
    private readonly ConnectionOptions _connection = new();
    private readonly OutputOption _output = new();

    public SloCommand()
        : base("slo", "Shows how the models of a running server keep the objectives that their model.yaml states; or writes rules for Prometheus that watch them.", "camshaft slo", "camshaft slo --output json", "camshaft slo rules --models /srv/models")
    {
        _connection.AddTo(this);
        Add(_output);
        Add(new RulesCommand());
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var answer = await server.GetAsync("v2/slo", cancellationToken).ConfigureAwait(false);
        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(answer.ToJsonString(CommandJson.Options)).ConfigureAwait(false);
            return CamshaftCommand.Success;
        }

        ObjectiveTable.Create(answer["models"]!.AsArray()).Write(output);
        return CamshaftCommand.Success;
    }
}
