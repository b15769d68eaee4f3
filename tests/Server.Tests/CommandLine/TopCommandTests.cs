using Camshaft.Server.CommandLine;
using Camshaft.Server.CommandLine.Top;
using Camshaft.Server.Tests.Support;
using Spectre.Console;

namespace Camshaft.Server.Tests.CommandLine;

/// <summary><c>camshaft top</c> against a real server.</summary>
[Collection(CommandLineCollection.Name)]
public sealed class TopCommandTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(SampleModel.Repository);
        Environment.SetEnvironmentVariable("CAMSHAFT_URL", _server.Client.Address.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("CAMSHAFT_URL", null);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_terminal_it_writes_one_table_and_ends()
    {
        var run = await CommandRun.OfAsync("top", "--sort", "name");
        var lines = run.Output.Split(Environment.NewLine);

        Assert.Equal(CamshaftCommand.Success, run.ExitCode);
        Assert.Matches("^[0-9]+ models, 0 requests/s, 0 errors/s, .* processors, .* MB, lanes 0 % busy, up 00:00:", lines[0]);
        Assert.StartsWith("MODEL", lines[2], StringComparison.Ordinal);
        Assert.Contains(lines, static line => line.StartsWith("simple ", StringComparison.Ordinal) && line.Contains(" 1        ready  0.0", StringComparison.Ordinal));
        Assert.Equal(lines[3..^1].Order(StringComparer.Ordinal), lines[3..^1]);
    }

    [Fact]
    public async Task A_key_changes_the_order_and_another_one_ends_it()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, Interactive = InteractionSupport.Yes });
        console.Profile.Width = 200;
        using var server = new Server.CommandLine.Remote.ServerClient(_server.Client.Address, null, null, TimeSpan.FromSeconds(30));
        var keys = new Queue<char?>(['n', null, 'q']);
        var screen = new TopScreen(console, token => server.GetAsync("console/api/overview", token), () => keys.Dequeue(), TimeProvider.System);

        await screen.RunAsync(TopSort.Find("memory"), TimeSpan.FromMinutes(1), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(keys);
        Assert.Contains("simple_identity", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_to_be()
    {
        var run = await CommandRun.OfAsync("top", "--once", "--url", "http://127.0.0.1:9");

        Assert.Equal(CamshaftCommand.Unreachable, run.ExitCode);
        Assert.Contains("cannot be reached", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_a_console_says_so()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository, static options => options.Console = false);
        var run = await CommandRun.OfAsync("top", "--once", "--url", server.Client.Address.ToString());

        Assert.Equal(CamshaftCommand.Failure, run.ExitCode);
        Assert.Contains("its setting 'console' is false. (HTTP 404)", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--interval", "0")]
    [InlineData("--interval", "often")]
    [InlineData("--sort", "beauty")]
    public async Task An_option_that_means_nothing_is_refused(string option, string value) =>
        Assert.Equal(CamshaftCommand.UsageError, (await CommandRun.OfAsync("top", option, value)).ExitCode);
}
