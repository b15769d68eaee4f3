using System.Net;
using Camshaft.Engine.Models;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>A repository that changes under a server for the worse: what is loaded serves on, and calls that need the repository say what is wrong with it.</summary>
public sealed class RepositoryFaultTests : IAsyncLifetime
{
    private const string Index = "/v2/repository/index";
    private const string Load = "/v2/repository/models/simple/load";

    private readonly TempDirectory _directory = new();
    private TestServer _server = null!;

    private string Root => Path.Combine(_directory.FullPath, "models");

    public async ValueTask InitializeAsync()
    {
        _directory.Write("models/simple/1/model.onnx", SampleModel.Read("simple"));
        _server = await TestServer.StartAsync(Root, static options =>
        {
            options.ModelControlMode = ModelControlMode.Explicit;
            options.LoadModels = ["*"];
        });
    }

    public async ValueTask DisposeAsync()
    {
        await AssertServesAsync();
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_repository_that_is_gone_is_named()
    {
        Directory.Delete(Root, recursive: true);

        await AssertFaultAsync($"The model directory '{Root}' does not exist.");
    }

    [Fact]
    public async Task A_repository_that_cannot_be_read_is_named()
    {
        // A file in its place is what nobody can read as a directory, the superuser included.
        Directory.Delete(Root, recursive: true);
        File.WriteAllText(Root, "");

        await AssertFaultAsync($"The model directory '{Root}' is a file.");
    }

    [Fact]
    public async Task What_is_ready_is_known_without_the_repository()
    {
        Directory.Delete(Root, recursive: true);

        Assert.Equal(HttpStatusCode.OK, (await _server.Client.PostAsync(Index, """{"ready":true}""")).Status);
    }

    [Fact]
    public async Task A_repository_that_is_back_is_as_before()
    {
        var elsewhere = Path.Combine(_directory.FullPath, "elsewhere");
        Directory.Move(Root, elsewhere);
        await AssertFaultAsync(Root);
        Directory.Move(elsewhere, Root);

        Assert.Equal(HttpStatusCode.OK, (await _server.Client.PostAsync(Index)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _server.Client.PostAsync(Load)).Status);
    }

    [Fact]
    public async Task A_model_that_is_gone_from_the_repository_serves_on()
    {
        Directory.Delete(Path.Combine(Root, "simple"), recursive: true);

        Assert.Equal((HttpStatusCode.NotFound, "Model 'simple' is not in the model repository."), await _server.Client.PostAsync(Load));
    }

    [Theory]
    [InlineData("simple/1", "holds no version")]
    [InlineData("simple/1/model.onnx", "model.onnx")]
    public async Task A_version_or_file_that_is_gone_is_named(string path, string message)
    {
        var full = Path.Combine(Root, path);
        if (Directory.Exists(full))
        {
            Directory.Delete(full, recursive: true);
        }
        else
        {
            File.Delete(full);
        }

        await AssertLoadFailsAsync(message);
    }

    [Fact]
    public async Task A_file_that_is_spoilt_is_not_taken_over()
    {
        _directory.Write("models/simple/1/model.onnx", "no model any more"u8);

        await AssertLoadFailsAsync("simple");
    }

    [Fact]
    public async Task A_file_that_becomes_a_link_out_of_the_repository_is_refused()
    {
        var file = Path.Combine(Root, "simple/1/model.onnx");
        File.Move(file, Path.Combine(_directory.FullPath, "outside.onnx"));
        File.CreateSymbolicLink(file, "../../../outside.onnx");

        await AssertLoadFailsAsync("which lies outside the model repository");
    }

    private async Task AssertFaultAsync(string message)
    {
        foreach (var path in (string[])[Index, Load])
        {
            var (status, error) = await _server.Client.PostAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains(message, error, StringComparison.Ordinal);
        }
    }

    private async Task AssertLoadFailsAsync(string message)
    {
        var (status, error) = await _server.Client.PostAsync(Load);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("Model 'simple' could not be loaded: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private async Task AssertServesAsync() =>
        Assert.Equal(SampleModel.SimpleOutputs, (await _server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true)).Outputs);
}
