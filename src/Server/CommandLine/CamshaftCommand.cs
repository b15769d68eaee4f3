using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Camshaft.Server.Configuration;

namespace Camshaft.Server.CommandLine;

/// <summary>The program's command line: its commands, its help, and what its exit codes mean.</summary>
internal static class CamshaftCommand
{
    /// <summary>The server stopped as it was told to.</summary>
    public const int Success = 0;

    /// <summary>The server could not do what it was told to; the reason is on the error stream.</summary>
    public const int Failure = 1;

    /// <summary>The command line is none.</summary>
    public const int UsageError = 2;

    private const string Examples = """
        Examples:
          camshaft serve
          camshaft serve --models /srv/models --host 0.0.0.0
          camshaft serve --models models --model-control-mode explicit --load-model resnet50
          camshaft serve --models models --http-port 0 --log-format json
        """;

    /// <summary>Does what the command line says.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">The output stream.</param>
    /// <param name="error">The error stream.</param>
    /// <param name="serve">Serves until the server has stopped.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> InvokeAsync(string[] arguments, TextWriter output, TextWriter error, Func<ServerOptions, CancellationToken, Task<int>> serve)
    {
        var root = new RootCommand("Camshaft serves many machine learning models at once from one process.") { new ServeCommand(serve) };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        var result = root.Parse(arguments);
        if (result.Errors.Count > 0)
        {
            foreach (var message in result.Errors.Select(static parseError => parseError.Message).Distinct())
            {
                await error.WriteLineAsync($"camshaft: {message}").ConfigureAwait(false);
            }

            await error.WriteLineAsync("Try 'camshaft serve --help'.").ConfigureAwait(false);
            return UsageError;
        }

        try
        {
            // Signals are the server's own affair: it drains, which takes as long as it takes.
            var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await result.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (ConfigurationException exception)
        {
            await error.WriteLineAsync($"camshaft: {exception.Message}").ConfigureAwait(false);
            return Failure;
        }
    }

    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var exitCode = help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(Examples);
            return exitCode;
        }
    }
}
