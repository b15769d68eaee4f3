using System.CommandLine;
using System.Text.Json;
using Camshaft.Load;
using Camshaft.Load.Plans;
using Camshaft.Load.Reporting;
using Camshaft.Load.Running;
using Camshaft.Load.Searching;
using Camshaft.Load.Targets;
using Camshaft.Server.CommandLine.Remote;

namespace Camshaft.Server.CommandLine.Bench;

/// <summary><c>camshaft bench</c>: puts a load on a server, or on an engine in this process, and says how it fared.</summary>
internal sealed class BenchCommand : DocumentedCommand
{
    private const string DefaultTarget = "kserve+http://localhost:8000";

    private readonly Option<string> _target = new("--target", "-t") { HelpName = "ADDRESS", Description = $"Where the load goes: kserve+http://HOST:PORT, kserve+https://HOST:PORT, kserve+grpc://HOST:PORT, kserve+grpcs://HOST:PORT, camshaft://HOST:PORT, camshafts://HOST:PORT, camshaft+unix:///PATH, or inproc://DIRECTORY, a model repository that an engine in this process serves. [default: the scenario's, else {DefaultTarget}]" };
    private readonly Option<string> _html = new("--html") { HelpName = "FILE", Description = "Writes the report as a page with charts too." };
    private readonly Option<bool> _findMax = new("--find-max") { Description = "Finds the highest load that keeps every model's slo, by bisection: all rates are multiplied by one factor. Each step takes warm-up and duration." };
    private readonly Option<double> _maxErrors = new("--max-errors") { HelpName = "PERCENT", Description = "With --find-max: how many of a model's requests may fail.", DefaultValueFactory = static _ => 0.1 };
    private readonly Option<double> _tolerance = new("--tolerance") { HelpName = "PERCENT", Description = "With --find-max: how far the answer may lie below the true limit.", DefaultValueFactory = static _ => 5 };
    private readonly PlanOptions _plan = new();
    private readonly CredentialOptions _credentials = new();
    private readonly LocalOptions _local = new();
    private readonly OutputOption _output = new();

    public BenchCommand()
        : base(
            "bench",
            "Puts a load on models and reports throughput, goodput, latency percentiles and errors.",
            "camshaft bench --model mnist:concurrency=4",
            "camshaft bench --target kserve+http://localhost:8000 --model mnist:rate=200,slo=20ms --model resnet50:rate=5,arrival=gamma,cv=3 --duration 30s --html report.html",
            "camshaft bench --target camshaft://localhost:8003 --model mnist:concurrency=16",
            "camshaft bench --target kserve+grpc://localhost:8001 --model mnist:concurrency=16",
            "camshaft bench --target inproc://samples/models --model identity_fp32:concurrency=2,shape.INPUT0=1x64 --output json",
            "camshaft bench --model mnist:trace=arrivals.csv,speed=60 --duration 1m",
            "camshaft bench --model mnist --find-max --slo 20ms --percentile 99 --duration 5s",
            "camshaft bench --scenario evening.json --seed 7")
    {
        Add(_target);
        _plan.AddTo(this);
        Add(_findMax);
        Add(_maxErrors);
        Add(_tolerance);
        _credentials.AddTo(this);
        _local.AddTo(this);
        Add(_html);
        Add(_output);
        RequirePercent(_maxErrors, 0);
        RequirePercent(_tolerance, 0.1);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var findMax = result.GetValue(_findMax);
        var (scenarioTarget, plan) = _plan.Read(result, findMax);
        using var loggers = LoggerFactory.Create(static logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning).Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(static options => options.LogToStandardErrorThreshold = LogLevel.Trace));
        var options = new TargetOptions
        {
            Engine = _local.Load(result).ToEngineOptions(),
            LoggerFactory = loggers,
            ApiKey = _credentials.ReadKey(result),
            AuthorityPath = _credentials.GetAuthorityPath(result),
        };
        try
        {
            if (findMax)
            {
                MaxRateSearch.Check(plan);
            }

            await using var target = TargetSchemes.Create(result.GetValue(_target) ?? scenarioTarget ?? DefaultTarget, options);
            var generator = await LoadGenerator.OpenAsync(target, plan, cancellationToken).ConfigureAwait(false);
            return findMax
                ? await SearchAsync(result, generator, plan, cancellationToken).ConfigureAwait(false)
                : await MeasureAsync(result, generator, plan, cancellationToken).ConfigureAwait(false);
        }
        catch (LoadException exception)
        {
            throw new CommandException(exception.Message, exception.IsUnreachable ? CamshaftCommand.Unreachable : CamshaftCommand.Failure, exception);
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new CommandException("The run was cancelled.", innerException: exception);
        }
    }

    private async Task<int> MeasureAsync(ParseResult result, LoadGenerator generator, LoadPlan plan, CancellationToken cancellationToken)
    {
        RunReport report;
        using (var progress = new ProgressLine(result.InvocationConfiguration.Error))
        {
            report = await generator.RunAsync(plan, progress, cancellationToken).ConfigureAwait(false);
        }

        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report, CommandJson.Options)).ConfigureAwait(false);
        }
        else
        {
            BenchTables.Write(output, report);
        }

        await WriteHtmlAsync(result, report, cancellationToken).ConfigureAwait(false);
        return report.Models.All(static model => model.Answered > 0) ? CamshaftCommand.Success : CamshaftCommand.Failure;
    }

    private async Task<int> SearchAsync(ParseResult result, LoadGenerator generator, LoadPlan plan, CancellationToken cancellationToken)
    {
        var search = new MaxRateSearch(generator, plan) { MaxErrorShare = result.GetValue(_maxErrors) / 100, Tolerance = result.GetValue(_tolerance) / 100 };
        MaxRateReport report;
        using (var progress = new ProgressLine(result.InvocationConfiguration.Error))
        {
            report = await search.RunAsync(progress, progress, cancellationToken).ConfigureAwait(false);
        }

        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report, CommandJson.Options)).ConfigureAwait(false);
        }
        else
        {
            BenchTables.Write(output, report);
        }

        if (report.Best is { } best)
        {
            await WriteHtmlAsync(result, best, cancellationToken).ConfigureAwait(false);
        }

        return report.Best is null ? CamshaftCommand.Failure : CamshaftCommand.Success;
    }

    private async Task WriteHtmlAsync(ParseResult result, RunReport report, CancellationToken cancellationToken)
    {
        if (result.GetValue(_html) is not { } path)
        {
            return;
        }

        try
        {
            await File.WriteAllTextAsync(path, HtmlReport.Write(report), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The page cannot be written: {exception.Message}", innerException: exception);
        }
    }

    private static void RequirePercent(Option<double> option, double least) => option.Validators.Add(result =>
    {
        if (result.Tokens is [_] && result.GetValueOrDefault<double>() is var percent && !(percent >= least && percent < 100))
        {
            result.AddError($"'{percent}' is not usable for {option.Name}; expected per cent, from {least} to below 100.");
        }
    });
}
