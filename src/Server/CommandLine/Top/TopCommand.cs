using System.CommandLine;
using System.Globalization;
using Camshaft.Server.CommandLine.Remote;
using Spectre.Console;

namespace Camshaft.Server.CommandLine.Top;

/// <summary><c>camshaft top</c>: what a running server does, model by model, as long as one looks.</summary>
internal sealed class TopCommand : DocumentedCommand
{
    private const double LeastInterval = 0.5;

    private readonly ConnectionOptions _connection = new();
    private readonly Option<bool> _once = new("--once") { Description = "Writes one table and ends; so it is also where the output is no terminal." };
    private readonly Option<double> _interval = new("--interval") { HelpName = "SECONDS", Description = "How often it is drawn anew.", DefaultValueFactory = static _ => 2 };
    private readonly Option<string> _sort = new("--sort", "-s") { Description = "What comes first.", DefaultValueFactory = static _ => TopSort.All[0].Name };

    public TopCommand()
        : base(
            "top",
            "Shows the models of a running server as they work: requests a second, latency, errors, queues, memory. Rates and latencies are of the last seconds.",
            "camshaft top",
            "camshaft top --url https://models.example:8000 --interval 5 --sort p99",
            "camshaft top --once | sort")
    {
        _connection.AddTo(this);
        Add(_once);
        Add(_interval);
        Add(_sort);
        _sort.AcceptOnlyFromAmong([.. TopSort.All.Select(static sort => sort.Name)]);
        _interval.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && (!double.TryParse(token.Value, CultureInfo.InvariantCulture, out var seconds) || !(seconds >= LeastInterval && seconds <= 3600)))
            {
                result.AddError($"'{token.Value}' is no interval; expected a number of seconds, {LeastInterval.ToString(CultureInfo.InvariantCulture)} to 3600.");
            }
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var sort = TopSort.Find(result.GetValue(_sort)!);
        var output = result.InvocationConfiguration.Output;
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && !Console.IsInputRedirected;
        if (result.GetValue(_once) || !isTerminal)
        {
            new TopView(await server.GetAsync("console/api/overview", cancellationToken).ConfigureAwait(false)).WritePlain(output, sort);
            return CamshaftCommand.Success;
        }

        var screen = new TopScreen(AnsiConsole.Console, token => server.GetAsync("console/api/overview", token), ReadKey, TimeProvider.System);
        await screen.RunAsync(sort, TimeSpan.FromSeconds(result.GetValue(_interval)), cancellationToken).ConfigureAwait(false);
        return CamshaftCommand.Success;
    }

    private static char? ReadKey() => Console.KeyAvailable ? Console.ReadKey(intercept: true).KeyChar : null;
}
