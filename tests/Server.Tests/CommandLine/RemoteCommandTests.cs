using Camshaft.Engine.Models;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Configuration;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Camshaft.Transport.Hosting.Access;

namespace Camshaft.Server.Tests.CommandLine;

/// <summary>The commands that talk to a server, against a real one.</summary>
[Collection(CommandLineCollection.Name)]
public sealed class RemoteCommandTests : IAsyncLifetime
{
    private const string Key = "a-key-of-sixteen-or-more";

    private readonly TempDirectory _directory = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(SampleModel.Repository, static options =>
        {
            options.ModelControlMode = ModelControlMode.Explicit;
            options.LoadModels = ["*"];
            options.Access.Keys["k"] = new ApiKeySection { Key = Key, Rights = [AccessRights.Infer, AccessRights.Observe, AccessRights.Manage] };
        });
        Environment.SetEnvironmentVariable("CAMSHAFT_URL", _server.Client.Address.ToString());
        Environment.SetEnvironmentVariable("CAMSHAFT_API_KEY", Key);
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("CAMSHAFT_URL", null);
        Environment.SetEnvironmentVariable("CAMSHAFT_API_KEY", null);
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Models_are_listed_unloaded_and_loaded()
    {
        Assert.Contains("simple           1        ready", (await CommandRun.OfAsync("models", "list")).Output, StringComparison.Ordinal);

        var unload = await CommandRun.OfAsync("models", "unload", "simple");
        Assert.Equal((CamshaftCommand.Success, $"Unloaded 'simple'.{Environment.NewLine}"), (unload.ExitCode, unload.Output));

        // Its memory is freed in the background, which is a state of its own.
        var listed = (await CommandRun.OfAsync("models", "list", "--output", "json")).Json.AsArray();
        Assert.Contains((string?)listed.Single(static entry => (string?)entry!["name"] == "simple")!["state"], (string?[])["UNLOADING", "UNAVAILABLE"]);

        var load = await CommandRun.OfAsync("models", "load", "nothing", "simple");
        Assert.Equal((CamshaftCommand.Failure, $"Loaded 'simple'.{Environment.NewLine}"), (load.ExitCode, load.Output));
        Assert.Contains("Model 'nothing' is not in the model repository. (HTTP 404)", load.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_is_set_listed_explained_and_removed()
    {
        var set = await CommandRun.OfAsync("models", "alias", "digits", "simple@1");
        Assert.Equal($"'digits' stands for 'simple@1', until the server ends: it has no --alias-file.{Environment.NewLine}", set.Output);
        Assert.Contains("digits  simple@1             a call", (await CommandRun.OfAsync("models", "alias")).Output, StringComparison.Ordinal);

        var explained = await CommandRun.OfAsync("route", "explain", "--alias", "digits", "--tag", "team=vision", "--input", "INPUT0:INT32:1,16");
        Assert.Equal((CamshaftCommand.Success, $"The request goes to simple@1.{Environment.NewLine}"), (explained.ExitCode, explained.Output));

        Assert.Equal($"'digits' is removed.{Environment.NewLine}", (await CommandRun.OfAsync("models", "alias", "digits", "--remove")).Output);
        Assert.Equal(CamshaftCommand.Failure, (await CommandRun.OfAsync("route", "explain", "--alias", "digits")).ExitCode);
        Assert.Contains("no model of the repository", (await CommandRun.OfAsync("models", "alias", "digits", "nothing")).Error, StringComparison.Ordinal);
        Assert.Equal(CamshaftCommand.Success, (await CommandRun.OfAsync("route", "reload")).ExitCode);
        Assert.Equal(CamshaftCommand.UsageError, (await CommandRun.OfAsync("route", "explain", "--input", "a:FP32:x")).ExitCode);
    }

    [Fact]
    public async Task A_model_is_warmed_up_again_and_what_that_measured_is_shown()
    {
        var executions = _server.Engine.Models.List().Single(static entry => entry.Name == "simple").HighestReady!.Recorder.Executions;

        var table = (await CommandRun.OfAsync("models", "warm", "simple")).Output;
        Assert.StartsWith("VERSION  ROWS  PROCESSOR TIME  RUN TIME  ROWS A SECOND", table, StringComparison.Ordinal);
        var json = (await CommandRun.OfAsync("models", "warm", "simple", "--output", "json")).Json;
        Assert.Equal("simple", (string?)json["model_name"]);
        Assert.Equal([1, 2, 4, 8, 16, 32], json["versions"]![0]!["run_times"]!.AsArray().Select(static run => (int)run!["rows"]!));

        var version = _server.Engine.Models.List().Single(static entry => entry.Name == "simple").HighestReady!;
        Assert.Equal(executions, version.Recorder.Executions);
        Assert.Equal(0, version.LeaseCount);
        Assert.Equal((double)json["versions"]![0]!["run_times"]![5]!["cpu_us"]!, version.RunCosts[5].Cpu.TotalMicroseconds, 0.1);
    }

    [Fact]
    public async Task A_model_that_cannot_be_warmed_up_says_why()
    {
        var unknown = await CommandRun.OfAsync("models", "warm", "nothing");
        Assert.Equal(CamshaftCommand.Failure, unknown.ExitCode);
        Assert.Contains("Model 'nothing' is not known to this server. (HTTP 404)", unknown.Error, StringComparison.Ordinal);

        await CommandRun.OfAsync("models", "unload", "simple");
        var unloaded = await CommandRun.OfAsync("models", "warm", "simple");
        Assert.Equal(CamshaftCommand.Failure, unloaded.ExitCode);
        Assert.Contains("Model 'simple' has no version that is ready: version 1:", unloaded.Error, StringComparison.Ordinal);
        Assert.Contains("(HTTP 503)", unloaded.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_shown_for_people_and_for_scripts()
    {
        Assert.Contains("input   INPUT0   INT32     [-1,16]", (await CommandRun.OfAsync("models", "show", "simple")).Output, StringComparison.Ordinal);
        var json = (await CommandRun.OfAsync("models", "show", "simple", "--version", "1", "--output", "json")).Json;
        Assert.Equal("onnxruntime", (string?)json["config"]!["backend"]);
    }

    [Fact]
    public async Task An_inference_takes_literals_and_files_and_saves_what_it_got()
    {
        var saved = Path.Combine(_directory.FullPath, "saved.npy");
        var json = _directory.Write("ones.json", "[[1,1],[2.5,1]]"u8);

        var first = await CommandRun.OfAsync("infer", "identity_fp32", "--input", $"INPUT0=@{json}", "--save", $"OUTPUT0={saved}");
        var second = await CommandRun.OfAsync("infer", "identity_fp32", "--input", $"INPUT0=@{saved}", "--output", "json");

        Assert.Contains("OUTPUT0  FP32      [2,2]  1, 1, 2.5, 1", first.Output, StringComparison.Ordinal);
        Assert.Equal("[1,1,2.5,1]", second.Json["outputs"]![0]!["data"]!.ToJsonString());
        Assert.Equal("[2,2]", second.Json["outputs"]![0]!["shape"]!.ToJsonString());
    }

    [Fact]
    public async Task Text_needs_no_quotes()
    {
        var run = await CommandRun.OfAsync("infer", "simple_identity", "--input", "INPUT0=good morning", "--output", "json");

        Assert.Equal("""["good morning"]""", run.Json["outputs"]![0]!["data"]!.ToJsonString());
    }

    [Theory]
    [InlineData("The model has no input 'X'; expected 'INPUT0'.", "identity_fp32", "X=1")]
    [InlineData("'INPUT0' is no input; expected NAME=@FILE.npy", "identity_fp32", "INPUT0")]
    [InlineData("Input 'INPUT0' has the element \"x\"; expected FP32.", "identity_fp32", "INPUT0=[\"x\"]")]
    [InlineData("Input 'INPUT0' is not rectangular", "identity_fp32", "INPUT0=[[1,2],[3]]")]
    [InlineData("Input 'INPUT0' has 3 elements in the shape [3]; expected the shape [-1,16].", "simple", "INPUT0=[1,2,3]")]
    [InlineData("Could not find file", "identity_fp32", "INPUT0=@missing.npy")]
    [InlineData("input 'INPUT1' is missing", "simple", "INPUT0=[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]")]
    [InlineData("Model 'nothing' is not known to this server. (HTTP 404)", "nothing", "x=1")]
    public async Task What_cannot_be_sent_is_said_with_what_was_expected(string message, string model, string input)
    {
        var run = await CommandRun.OfAsync("infer", model, "--input", input);

        Assert.NotEqual(CamshaftCommand.Success, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_fails_and_no_server_ends_with_3()
    {
        var keyFile = _directory.Write("key", "not-the-key-not-the-key"u8);

        var refused = await CommandRun.OfAsync("models", "list", "--api-key-file", keyFile);
        Assert.Equal((CamshaftCommand.Failure, $"camshaft: The API key is not known. (HTTP 401){Environment.NewLine}"), (refused.ExitCode, refused.Error));

        var unreachable = await CommandRun.OfAsync("models", "list", "--url", "http://localhost:1");
        Assert.Equal(CamshaftCommand.Unreachable, unreachable.ExitCode);
        Assert.Contains("http://localhost:1/ cannot be reached", unreachable.Error, StringComparison.Ordinal);
    }
}
