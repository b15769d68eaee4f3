using System.CommandLine;
using Camshaft.Server.CommandLine.Remote;

namespace Camshaft.Server.CommandLine.Routing;

/// <summary><c>camshaft route reload</c>: takes the files' rules over now, all or nothing.</summary>
internal sealed class ReloadCommand : DocumentedCommand
{
    private readonly ConnectionOptions _connection = new();

    public ReloadCommand()
        : base("reload", "Takes over what the files say now; what is wrong with them is told, and the rules stay as they were.", "camshaft route reload")
    {
        _connection.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var rules = await server.PostAsync("v2/route/reload", cancellationToken).ConfigureAwait(false);
        RulesCommand.Write(rules, result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
        return CamshaftCommand.Success;
    }
}
