using System.Text.Json.Nodes;
using Camshaft.Server.CommandLine;

namespace Camshaft.Server.Tests.Support;

/// <summary>What a command did: its exit code and what it wrote.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>The output as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Output)!;

    /// <summary>Runs a command line in this process.</summary>
    public static async Task<CommandRun> OfAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CamshaftCommand.InvokeAsync(arguments, output, error, static (_, _) => throw new InvalidOperationException("This command does not serve."));
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }
}
