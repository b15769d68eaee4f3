using System.CommandLine;
using Camshaft.Server.CommandLine.Remote;

namespace Camshaft.Server.CommandLine.Models;

/// <summary><c>camshaft models load</c> and <c>unload</c>: changes which models a running server has.</summary>
internal sealed class ChangeCommand : DocumentedCommand
{
    private readonly string _done;
    private readonly Argument<string[]> _models = new("MODEL") { Description = "The models' names.", Arity = ArgumentArity.OneOrMore };
    private readonly ConnectionOptions _connection = new();

    public ChangeCommand(string name, string description, string done)
        : base(name, $"{description} The server must run with --model-control-mode explicit.", $"camshaft models {name} resnet50")
    {
        _done = done;
        Add(_models);
        _connection.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var exitCode = CamshaftCommand.Success;
        foreach (var model in result.GetValue(_models)!)
        {
            try
            {
                await server.PostAsync($"v2/repository/models/{Uri.EscapeDataString(model)}/{Name}", cancellationToken).ConfigureAwait(false);
                await result.InvocationConfiguration.Output.WriteLineAsync($"{_done} '{model}'.").ConfigureAwait(false);
            }
            catch (CommandException exception) when (exception.ExitCode == CamshaftCommand.Failure)
            {
                // The others may well be possible.
                await result.InvocationConfiguration.Error.WriteLineAsync($"camshaft: {exception.Message}").ConfigureAwait(false);
                exitCode = CamshaftCommand.Failure;
            }
        }

        return exitCode;
    }
}
