using System.CommandLine;
using System.CommandLine.Help;
using Camshaft.Backends.Cuda;
using Camshaft.Server.CommandLine.Bench;
using Camshaft.Server.CommandLine.Models;
using Camshaft.Server.CommandLine.Objectives;
using Camshaft.Server.CommandLine.Routing;
using Camshaft.Server.CommandLine.Top;
using Camshaft.Server.Configuration;

namespace Camshaft.Server.CommandLine;

/// <summary>The program's command line: its commands, its help, and what its exit codes mean.</summary>
internal static class CamshaftCommand
{
    /// <summary>It was done; of the server: it stopped as it was told to.</summary>
    public const int Success = 0;

    /// <summary>It could not be done; the reason is on the error stream.</summary>
    public const int Failure = 1;

    /// <summary>The command line is not understood.</summary>
    public const int UsageError = 2;

    /// <summary>The server that a command talks to cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Does what the command line says.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">The output stream.</param>
    /// <param name="error">The error stream.</param>
    /// <param name="serve">Serves until the server has stopped.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> InvokeAsync(string[] arguments, TextWriter output, TextWriter error, Func<ServerOptions, CancellationToken, Task<int>> serve)
    {
        var root = new RootCommand("Camshaft serves many machine learning models at once from one process.")
        {
            new ServeCommand(serve),
            new ModelsCommand(),
            new InferCommand(),
            new RouteCommand(),
            new BenchCommand(),
            new TopCommand(),
            new SloCommand(),
            new AlertsCommand(),
            new DevicesCommand(CudaDriver.Load),
            new PluginsCommand(),
            new ConfigCommand(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        var result = root.Parse(arguments);
        if (result.Errors.Count > 0)
        {
            foreach (var message in result.Errors.Select(static parseError => parseError.Message).Distinct())
            {
                await error.WriteLineAsync($"camshaft: {message}").ConfigureAwait(false);
            }

            await error.WriteLineAsync($"Try '{DescribePath(result.CommandResult.Command)} --help'.").ConfigureAwait(false);
            return UsageError;
        }

        try
        {
            // Signals are the server's own affair: it drains, which takes as long as it takes.
            var isServing = result.CommandResult.Command is ServeCommand;
            var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
            if (isServing)
            {
                configuration.ProcessTerminationTimeout = null;
            }

            return await result.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (ConfigurationException exception)
        {
            await error.WriteLineAsync($"camshaft: {exception.Message}").ConfigureAwait(false);
            return Failure;
        }
        catch (CommandException exception)
        {
            await error.WriteLineAsync($"camshaft: {exception.Message}").ConfigureAwait(false);
            return exception.ExitCode;
        }
    }

    private static string DescribePath(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent
        ? $"{DescribePath(parent)} {command.Name}"
        : "camshaft";
}
