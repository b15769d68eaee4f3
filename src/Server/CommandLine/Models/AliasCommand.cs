using System.CommandLine;
using System.Text.Json.Nodes;
using Camshaft.Server.CommandLine.Remote;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine.Models;

/// <summary><c>camshaft models alias</c>: lists aliases, switches one, removes one.</summary>
internal sealed class AliasCommand : DocumentedCommand
{
    private readonly Argument<string?> _alias = new("ALIAS") { Description = "The alias; of one model alone as MODEL@ALIAS. Without one, all are listed.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> _target = new("TARGET") { Description = "What it is to stand for: a model, a version as MODEL@VERSION, or another alias.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _remove = new("--remove") { Description = "Removes the alias; then it is what files say, if they say something." };
    private readonly ConnectionOptions _connection = new();

    public AliasCommand()
        : base(
            "alias",
            "Lists aliases, or lets one stand for something else: at once for every new request, and once the target is ready.",
            "camshaft models alias",
            "camshaft models alias mnist@stable mnist@3",
            "camshaft models alias mnist@stable --remove")
    {
        Add(_alias);
        Add(_target);
        Add(_remove);
        _connection.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var output = result.InvocationConfiguration.Output;
        if (result.GetValue(_alias) is not { } alias)
        {
            Write(await server.GetAsync("v2/aliases", cancellationToken).ConfigureAwait(false), output);
            return CamshaftCommand.Success;
        }

        var path = $"v2/aliases/{Uri.EscapeDataString(alias)}";
        if (result.GetValue(_remove))
        {
            var left = await server.PostAsync($"{path}/remove", cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync((string?)left["target"] is { } still ? $"'{alias}' stands for '{still}' again, as {(string)left["source"]!} says." : $"'{alias}' is removed.").ConfigureAwait(false);
            return CamshaftCommand.Success;
        }

        var target = result.GetValue(_target) ?? throw new CommandException("Say what the alias is to stand for, or --remove.", CamshaftCommand.UsageError);
        var set = await server.PostAsync(path, new JsonObject { ["target"] = target }, cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync($"'{alias}' stands for '{(string)set["target"]!}'{((bool)set["outlasts_restart"]! ? "." : ", until the server ends: it has no --alias-file.")}").ConfigureAwait(false);
        return CamshaftCommand.Success;
    }

    private static void Write(JsonNode aliases, TextWriter output)
    {
        var table = new Table("ALIAS", "TARGET", "WAITS FOR", "SOURCE");
        foreach (var alias in aliases.AsArray())
        {
            table.Add((string)alias!["alias"]!, (string)alias["target"]!, (string?)alias["pending"] ?? "", (string)alias["source"]!);
        }

        table.Write(output);
    }
}
