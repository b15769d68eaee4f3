using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine.Models;

/// <summary><c>camshaft models check</c>: says what a repository would serve, and why, without serving.</summary>
internal sealed class CheckCommand : DocumentedCommand
{
    private readonly Argument<string[]> _directories = new("DIR") { Description = "The directories of the model repository. [default: as configured]", Arity = ArgumentArity.ZeroOrMore };
    private readonly LocalOptions _local = new();
    private readonly OutputOption _output = new();

    public CheckCommand()
        : base(
            "check",
            "Loads every model of a repository as the server would, one after the other, and says what would be served and why; ends with 1 when a model would not be.",
            "camshaft models check /srv/models",
            "camshaft models check models more-models --output json")
    {
        Add(_directories);
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
        var findings = await RepositoryCheck.RunAsync(options.ToEngineOptions(), isTerminal ? error.WriteLine : null, cancellationToken).ConfigureAwait(false);
        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(findings, CommandJson.Options)).ConfigureAwait(false);
        }
        else
        {
            WriteTable(output, findings);
        }

        return findings.Any(static finding => finding.Outcome == CheckOutcome.Failed) ? CamshaftCommand.Failure : CamshaftCommand.Success;
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
        output.WriteLine($"{findings.Count(static finding => finding.Outcome == CheckOutcome.Served)} served, {findings.Count(static finding => finding.Outcome == CheckOutcome.Skipped)} skipped, {findings.Count(static finding => finding.Outcome == CheckOutcome.Failed)} failed.");
    }
}
