using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Camshaft.Backends.Cuda;
using Camshaft.Server.CommandLine;
using Camshaft.Server.CommandLine.Models;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Camshaft.Testing.Cuda;

namespace Camshaft.Server.Tests.CommandLine;

/// <summary><c>camshaft models check</c> of models for GPUs, on machines with and without one.</summary>
[Collection(CommandLineCollection.Name)]
public sealed class CheckCommandTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_right_model_for_a_GPU_is_untried_without_one_which_is_no_failure_unless_it_is_to_be()
    {
        AddModule("module", "device: cuda");
        AddOnnx("network", "device: cuda:1");
        AddOnnx("plain", "device: auto");
        var (exitCode, findings) = await CheckAsync();

        Assert.Equal(CamshaftCommand.Success, exitCode);
        Assert.Equal(["untried", "untried", "served"], findings.Select(static finding => finding.Outcome));
        Assert.Equal("it needs a GPU, and this machine has none ('device: cuda'); what can be seen of it without one is right", findings[0].Notes);
        Assert.Equal("it needs a GPU, and this machine has none ('device: cuda:1'); it loads on the processors", findings[1].Notes);
        Assert.Equal(CamshaftCommand.Failure, (await CheckAsync("--strict")).ExitCode);
    }

    [Fact]
    public async Task A_model_that_is_served_passes_the_strict_check()
    {
        AddOnnx("plain", "device: auto");

        Assert.Equal(CamshaftCommand.Success, (await CheckAsync("--strict")).ExitCode);
    }

    [Fact]
    public async Task What_is_untried_is_counted_and_said_to_need_a_GPU()
    {
        AddModule("module", "device: cuda");
        var output = (await RunAsync(NoDriver)).Output;

        Assert.Contains("0 served, 0 skipped, 1 untried, 0 failed.", output, StringComparison.Ordinal);
        Assert.Contains("'camshaft devices' says why there is none here.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bakend: cuda_module", "vector_add", "unknown key 'bakend'")]
    [InlineData("device: cuda", "vector_sub", "has no kernel 'vector_sub'; it has 'vector_add'")]
    [InlineData("device: cuda\ninputs: [{ name: Z }]", "vector_add", "model.yaml disagrees with the model file: input 'Z' does not exist")]
    public async Task A_wrong_CUDA_module_fails_without_a_GPU_too(string configuration, string kernel, string reason)
    {
        AddModule("module", configuration, kernel);
        var (exitCode, findings) = await CheckAsync();

        Assert.Equal((CamshaftCommand.Failure, "failed"), (exitCode, findings[0].Outcome));
        Assert.Contains(reason, findings[0].Notes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("device: cuda", "no model", "Protobuf parsing failed")]
    [InlineData("device: cuda", null, "holds no model file")]
    [InlineData("device: cuda\nparameters: { intra_op: 1 }", "simple", "intra_op")]
    [InlineData("device: cuda\ninputs: [{ name: Z }]", "simple", "model.yaml disagrees with the model file: input 'Z' does not exist")]
    [InlineData("device: cuda\nbackend: frobnicate", "simple", "no backend named 'frobnicate' is loaded")]
    public async Task A_wrong_ONNX_model_for_a_GPU_fails_without_one_too(string configuration, string? model, string reason)
    {
        AddOnnx("network", configuration, model);
        var (exitCode, findings) = await CheckAsync();

        Assert.Equal((CamshaftCommand.Failure, "failed"), (exitCode, findings[0].Outcome));
        Assert.Contains(reason, findings[0].Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_only_a_GPU_could_run_is_not_wrong_because_the_processors_cannot()
    {
        // Tensors of BF16 in place of INT32: right, and ONNX Runtime has no addition of them for processors.
        var model = SampleModel.Read("simple");
        for (int at; (at = model.AsSpan().IndexOf((ReadOnlySpan<byte>)[8, 6, 18])) >= 0;)
        {
            model[at + 1] = 16;
        }

        _directory.Write("network/model.yaml", "device: cuda"u8);
        _directory.Write("network/1/model.onnx", model);
        var (exitCode, findings) = await CheckAsync();

        Assert.Equal((CamshaftCommand.Success, "untried"), (exitCode, findings[0].Outcome));
        Assert.Contains("; the processors cannot run it, which says nothing of a GPU: ", findings[0].Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_whose_backend_needs_a_GPU_to_be_loaded_is_untried_and_said_to_be_unseen()
    {
        AddOnnx("network", "device: cuda\nbackend: onnxruntime_tensorrt", "no model");
        var (exitCode, findings) = await CheckAsync();

        Assert.Equal((CamshaftCommand.Success, "untried"), (exitCode, findings[0].Outcome));
        Assert.EndsWith("; its file was not looked at, since backend 'onnxruntime_tensorrt' is loaded only beside a GPU", findings[0].Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_machine_with_GPUs_nothing_is_untried()
    {
        using var simulated = new SimulatedDriver(new SimulatedDriverOptions { RunsByItself = true });
        AddModule("absent", "device: cuda:7");
        AddOnnx("network", "device: cuda");
        AddModule("present", "device: cuda");
        var (exitCode, findings) = await CheckAsync(() => new CudaDriver(simulated.Resolve));

        Assert.Equal(CamshaftCommand.Failure, exitCode);
        Assert.Equal(["failed", "failed", "served"], findings.Select(static finding => finding.Outcome));
        Assert.Contains("cannot run on 'cuda:7'", findings[0].Notes, StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime's libraries for GPUs are not there", findings[1].Notes, StringComparison.Ordinal);
    }

    private static CudaDriver NoDriver() => throw new CudaUnavailableException("no NVIDIA driver");

    private void AddModule(string name, string configuration, string kernel = "vector_add")
    {
        var sample = Path.Combine(TestData.RepositoryRoot, "samples", "cuda", "vector_add", "1");
        _directory.Write($"{name}/model.yaml", Encoding.UTF8.GetBytes($"backend: cuda_module\n{configuration}\n"));
        _directory.Write($"{name}/1/module.ptx", File.ReadAllBytes(Path.Combine(sample, "module.ptx")));
        _directory.Write($"{name}/1/module.yaml", Encoding.UTF8.GetBytes(File.ReadAllText(Path.Combine(sample, "module.yaml")).Replace("vector_add", kernel, StringComparison.Ordinal)));
    }

    private void AddOnnx(string name, string configuration, string? model = "simple")
    {
        _directory.Write($"{name}/model.yaml", Encoding.UTF8.GetBytes($"{configuration}\n"));
        _directory.Write($"{name}/1/notes.txt", "a version's directory"u8);
        if (model is not null)
        {
            _directory.Write($"{name}/1/model.onnx", model == "simple" ? SampleModel.Read(model) : Encoding.UTF8.GetBytes(model));
        }
    }

    private Task<(int ExitCode, List<(string Outcome, string Notes)> Findings)> CheckAsync(params string[] arguments) => CheckAsync(NoDriver, arguments);

    private async Task<(int ExitCode, List<(string Outcome, string Notes)> Findings)> CheckAsync(Func<CudaDriver> load, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(load, ["--output", "json", .. arguments]);
        return (exitCode, [.. JsonNode.Parse(output)!.AsArray().Select(static finding => ((string)finding!["outcome"]!, string.Join("; ", finding["notes"]!.AsArray())))]);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(Func<CudaDriver> load, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await new CheckCommand(load)
            .Parse([_directory.FullPath, "--plugins", Path.Combine(AppContext.BaseDirectory, "plugins"), .. arguments])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        Assert.Empty(error.ToString());
        return (exitCode, output.ToString());
    }
}
