using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Camshaft.Backends.Cuda;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine.Models;

/// <summary><c>camshaft models check</c>: says what a repository would serve, and why, without serving.</summary>
internal sealed class CheckCommand : DocumentedCommand
{
    private readonly Argument<string[]> _directories = new("DIR") { Description = "The directories of the model repository. [default: as configured]", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _strict = new("--strict") { Description = "Ends with 1 also when a model could not be tried, as this machine has no GPU for it." };
    private readonly LocalOptions _local = new();
    private readonly OutputOption _output = new();
    private readonly Func<CudaDriver> _loadDriver;

    /// <param name="loadDriver">Loads NVIDIA's driver, or says why it cannot.</param>
    public CheckCommand(Func<CudaDriver> loadDriver)
        : base(
            "check",
            "Loads every model of a repository as the server would, one after the other, and says what would be served and why; ends with 1 when a model would not be. On a machine without a GPU, models for one are looked at as far as that goes.",
            "camshaft models check /srv/models",
            "camshaft models check /srv/models --strict",
            "camshaft models check models more-models --output json")
    {
        _loadDriver = loadDriver;
        Add(_directories);
        Add(_strict);
        _local.AddTo(this);
        Add(_output);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var options = _local.Load(result);
        if (result.GetValue(_directories) is { Length: > 0 } directories)
        {
            options.Models = [.. directories.Select(Path.GetFullPath)];
        }

        var error = result.InvocationConfiguration.Error;
        var isTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
        var findings = await RepositoryCheck.RunAsync(options.ToEngineOptions(), _loadDriver, isTerminal ? error.WriteLine : null, cancellationToken).ConfigureAwait(false);
        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(findings, CommandJson.Options)).ConfigureAwait(false);
        }
        else
        {
            WriteTable(output, findings);
        }

        var isStrict = result.GetValue(_strict);
        return findings.Any(finding => finding.Outcome == CheckOutcome.Failed || (isStrict && finding.Outcome == CheckOutcome.Untried)) ? CamshaftCommand.Failure : CamshaftCommand.Success;
    }

    private static void WriteTable(TextWriter output, IReadOnlyList<CheckFinding> findings)
    {
        var table = new Table("MODEL", "VERSION", "RESULT", "BACKEND", "DEVICE", "LOAD", "NOTES");
        foreach (var finding in findings)
        {
            table.Add(
                finding.Model,
                finding.Version?.ToString(CultureInfo.InvariantCulture) ?? "-",
                finding.Outcome.ToString().ToLowerInvariant(),
                finding.Backend ?? "-",
                finding.Device ?? "-",
                finding.LoadMilliseconds is { } milliseconds ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds:F0} ms") : "-",
                string.Join("; ", finding.Notes).ReplaceLineEndings(" "));
        }

        table.Write(output);
        output.WriteLine();
        var untried = Count(CheckOutcome.Untried);
        output.WriteLine($"{Count(CheckOutcome.Served)} served, {Count(CheckOutcome.Skipped)} skipped, {(untried > 0 ? $"{untried} untried, " : "")}{Count(CheckOutcome.Failed)} failed.");
        if (untried > 0)
        {
            output.WriteLine("What is untried needs a GPU, and 'camshaft devices' says why there is none here. Check it where it is to be served, with --strict.");
        }

        int Count(CheckOutcome outcome) => findings.Count(finding => finding.Outcome == outcome);
    }
}
