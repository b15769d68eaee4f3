using Camshaft.Server.CommandLine;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.CommandLine;

/// <summary>The commands that need no server.</summary>
[Collection(CommandLineCollection.Name)]
public sealed class LocalCommandTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_repository_is_checked_version_by_version_with_reasons()
    {
        _directory.Write("good/1/model.onnx", SampleModel.Read("simple"));
        _directory.Write("good/2/model.onnx", SampleModel.Read("simple"));
        _directory.Write("corrupt/1/model.onnx", "no model"u8);
        _directory.Write("misspelt/1/model.onnx", SampleModel.Read("simple"));
        _directory.Write("misspelt/model.yaml", "bakend: onnxruntime"u8);

        var run = await CheckAsync("--output", "json");

        Assert.Equal(CamshaftCommand.Failure, run.ExitCode);
        var findings = run.Json.AsArray().Select(static finding => ((string?)finding!["model"], (long?)finding["version"], (string?)finding["outcome"], string.Join(' ', finding["notes"]!.AsArray()))).ToList();
        Assert.Equal(["corrupt", "good", "good", "misspelt"], findings.Select(static finding => finding.Item1));
        Assert.Contains("Protobuf parsing failed", findings[0].Item4, StringComparison.Ordinal);
        Assert.Equal((1L, "skipped", "the version policy is latest: 1"), (findings[1].Item2, findings[1].Item3, findings[1].Item4));
        Assert.Equal((2L, "served"), (findings[2].Item2, findings[2].Item3));
        Assert.Contains("unknown key 'bakend'", findings[3].Item4, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_of_good_models_ends_with_0()
    {
        _directory.Write("good/1/model.onnx", SampleModel.Read("simple"));

        var run = await CheckAsync();

        Assert.Equal(CamshaftCommand.Success, run.ExitCode);
        Assert.Contains("1 served, 0 skipped, 0 failed.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_without_models_or_none_at_all_is_a_failure()
    {
        Assert.Contains("There is no model in", (await CheckAsync()).Error, StringComparison.Ordinal);
        var missing = await CommandRun.OfAsync("models", "check", "/does/not/exist");
        Assert.Equal((CamshaftCommand.Failure, $"camshaft: The model directory '/does/not/exist' does not exist.{Environment.NewLine}"), (missing.ExitCode, missing.Error));
    }

    [Fact]
    public async Task Plugins_are_listed_and_one_that_cannot_be_used_is_a_failure()
    {
        _directory.Write("Broken/Broken.dll", "no assembly"u8);

        var broken = await CommandRun.OfAsync("plugins", "--plugins", _directory.FullPath, "--output", "json");
        var good = await CommandRun.OfAsync("plugins", "--plugins", Path.Combine(AppContext.BaseDirectory, "plugins"));

        Assert.Equal((CamshaftCommand.Failure, "failed"), (broken.ExitCode, (string?)broken.Json[0]!["state"]));
        Assert.NotEmpty((string)broken.Json[0]!["reason"]!);
        Assert.Equal(CamshaftCommand.Success, good.ExitCode);
        Assert.Matches("OnnxRuntime.Cpu +loaded", good.Output);
        Assert.Matches("OnnxRuntime.Cuda +unavailable .*onnxruntime_providers_cuda", good.Output);
    }

    [Fact]
    public async Task Settings_are_listed_with_their_variables()
    {
        var settings = (await CommandRun.OfAsync("config", "--output", "json")).Json.AsArray();

        var connections = settings.Single(static setting => (string?)setting!["name"] == "limits.connections")!;
        Assert.Equal(("10000", "CAMSHAFT__LIMITS__CONNECTIONS"), ((string?)connections["default"], (string?)connections["environmentVariable"]));
    }

    [Fact]
    public async Task Every_command_has_help_with_the_exit_codes()
    {
        foreach (var path in new[] { "", "serve", "models", "models list", "models show", "models load", "models unload", "models check", "infer", "plugins", "config" })
        {
            var run = await CommandRun.OfAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

            Assert.Equal(CamshaftCommand.Success, run.ExitCode);
            Assert.Contains("Exit codes: 0 done", run.Output, StringComparison.Ordinal);
            Assert.True(path == "models" || run.Output.Contains($"Examples:{Environment.NewLine}  camshaft {path}".TrimEnd(), StringComparison.Ordinal), path);
        }
    }

    private Task<CommandRun> CheckAsync(params string[] arguments) =>
        CommandRun.OfAsync(["models", "check", _directory.FullPath, "--plugins", Path.Combine(AppContext.BaseDirectory, "plugins"), .. arguments]);
}
