using Camshaft.Server.CommandLine;
using Camshaft.Server.Configuration;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Camshaft.Transport.Hosting.Access;

namespace Camshaft.Server.Tests.CommandLine;

/// <summary><c>camshaft bench</c> against a real server, and against an engine in this process.</summary>
[Collection(CommandLineCollection.Name)]
public sealed class BenchCommandTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private TestServer _server = null!;
    private string _target = "";

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(SampleModel.Repository);
        _target = $"kserve+{_server.Client.Address}";
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Several_models_are_loaded_together_and_reported_as_a_table_and_a_page()
    {
        var page = Path.Combine(_directory.FullPath, "report.html");

        var run = await BenchAsync("--target", _target, "--model", "simple:rate=100,slo=10s", "--model", "simple_string:concurrency=2", "--html", page);

        Assert.Equal((CamshaftCommand.Success, ""), (run.ExitCode, run.Error));
        Assert.Matches("""(?m)^simple +Poisson 100/s .* 0\r?$""", run.Output);
        Assert.Matches("""(?m)^simple .* p99 <= 10000 ms kept\r?$""", run.Output);
        Assert.Matches("""(?m)^simple_string +closed loop of 2 .* - +0\r?$""", run.Output);
        Assert.Contains("Generator: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("<td>simple_string</td>", await File.ReadAllTextAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_sample_model_takes_what_is_made_from_its_signature_over_each_protocol_and_in_process()
    {
        string[] models =
        [
            "--model", "simple", "--model", "simple_string", "--model", "digits", "--model", "simple_identity:shape.INPUT0=1x4",
            "--model", "identity_fp32:shape.INPUT0=1x64", "--model", "sample_identity:batch=16",
        ];

        foreach (var target in new[] { _target, _server.BinaryAddresses[0], $"{_server.BinaryAddresses[0]}?connections=2", $"inproc://{SampleModel.Repository}" })
        {
            var json = (await BenchAsync(["--target", target, .. models, "--output", "json"])).Json;

            Assert.Equal(6, json["models"]!.AsArray().Count);
            Assert.All(json["models"]!.AsArray(), static model => Assert.Equal(0, (long)model!["failed"]!));
            Assert.All(json["models"]!.AsArray(), static model => Assert.True((long)model!["answered"]! > 0));
        }
    }

    [Fact]
    public async Task The_highest_rate_within_an_SLO_is_searched_in_steps()
    {
        // No server answers within a microsecond, and every one within a minute.
        var none = await BenchAsync("--target", _target, "--model", "simple", "--find-max", "--slo", "1us", "--rate", "1000");
        Assert.Equal((CamshaftCommand.Failure, $"No rate keeps the SLO.{Environment.NewLine}"), (none.ExitCode, none.Output));
        Assert.Contains("simple 1000/s: missed (simple: 0 % within 0.001 ms", none.Error, StringComparison.Ordinal);

        var scenario = _directory.Write("scenario.json", """{"models":[{"model":"simple","rate":50,"slo":"1m"}]}"""u8);
        var found = (await CommandRun.OfAsync("bench", "--target", _target, "--scenario", scenario, "--find-max", "--tolerance", "99", "--duration", "300ms", "--warm-up", "0s", "--output", "json")).Json;
        Assert.True((double)found["maxRates"]![0]!["perSecond"]! >= 50);
        Assert.True((bool)found["steps"]![0]!["passed"]!);

        var ignored = await BenchAsync("--target", _target, "--scenario", scenario, "--slo", "20ms");
        Assert.Contains("--slo goes with --model only; a scenario says it itself.", ignored.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CamshaftCommand.UsageError, "Say what to load: either --model, once or more, or --scenario.")]
    [InlineData(CamshaftCommand.UsageError, "Model 'simple': 'rte' is not known", "--model", "simple:rte=1")]
    [InlineData(CamshaftCommand.UsageError, "'soon' is no duration", "--model", "simple", "--slo", "soon")]
    [InlineData(CamshaftCommand.UsageError, "'1,64' is no shape of an input; expected INPUT=1,64.", "--model", "simple", "--shape", "1,64")]
    [InlineData(CamshaftCommand.UsageError, "Scenario 'none.json': Could not find file", "--scenario", "none.json")]
    [InlineData(CamshaftCommand.UsageError, "'0' is not usable for --tolerance", "--model", "simple", "--tolerance", "0")]
    [InlineData(CamshaftCommand.Failure, "Model 'nothing': Model 'nothing' is not known to this server. (HTTP 404)", "--model", "nothing")]
    [InlineData(CamshaftCommand.Failure, "Model 'simple_identity': input 'INPUT0' has shape [-1,-1]; say how long it is, as in shape.INPUT0=1x16.", "--model", "simple_identity")]
    [InlineData(CamshaftCommand.Failure, "input 'INPUT0' is to have shape [1,17]; the model expects [-1,16].", "--model", "simple", "--shape", "INPUT0=1,17")]
    [InlineData(CamshaftCommand.Failure, "Model 'simple' has no slo to be kept.", "--model", "simple", "--find-max")]
    [InlineData(CamshaftCommand.Failure, "is asked by a closed loop, which has no rate to be found", "--model", "simple:concurrency=1", "--find-max", "--slo", "1s")]
    public async Task What_cannot_be_run_is_said_before_anything_is_sent(int exitCode, string message, params string[] arguments)
    {
        var run = await BenchAsync(["--target", _target, .. arguments]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_server_ends_with_3()
    {
        var run = await BenchAsync("--target", "kserve+http://localhost:1", "--model", "simple");

        Assert.Equal(CamshaftCommand.Unreachable, run.ExitCode);
        Assert.Contains("kserve+http://localhost:1 cannot be reached", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_any_right_answer_ends_with_1_and_its_report()
    {
        const string key = "a-key-that-may-look-and-not-touch";
        await using var server = await TestServer.StartAsync(SampleModel.Repository, static options => options.Access.Keys["k"] = new ApiKeySection { Key = key, Rights = [AccessRights.Observe] });
        var keyFile = _directory.Write("key", System.Text.Encoding.UTF8.GetBytes(key));

        var run = await BenchAsync("--target", $"kserve+{server.Client.Address}", "--model", "simple:rate=50", "--api-key-file", keyFile);

        Assert.Equal(CamshaftCommand.Failure, run.ExitCode);
        Assert.Matches("""(?m)^simple +HTTP 403 +\d+ """, run.Output);
    }

    private static Task<CommandRun> BenchAsync(params string[] arguments) =>
        CommandRun.OfAsync(["bench", .. arguments, "--duration", "300ms", "--warm-up", "100ms"]);
}
