using System.Net;
using Camshaft.Engine.Models;
using Camshaft.Server.Tests.Support;

namespace Camshaft.Server.Tests.EndToEnd;

public sealed class ModelControlTests
{
    [Fact]
    public async Task A_model_can_be_loaded_used_and_unloaded()
    {
        await using var server = await StartExplicitAsync();
        var client = server.Client;

        Assert.Equal(HttpStatusCode.NotFound, (await client.InferAsync("simple", SampleModel.SimpleInputs, binary: true)).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/v2/repository/models/simple/load")).Status);
        Assert.Equal(SampleModel.SimpleOutputs, (await client.InferAsync("simple", SampleModel.SimpleInputs, binary: true)).Outputs);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/v2/repository/models/simple/unload")).Status);

        var answer = await client.InferAsync("simple", SampleModel.SimpleInputs, binary: true);
        Assert.False(answer.Status == HttpStatusCode.OK);
        Assert.Contains("simple", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_was_unloaded_can_be_loaded_again()
    {
        await using var server = await StartExplicitAsync("simple");

        await server.Client.PostAsync("/v2/repository/models/simple/unload");
        await server.Client.PostAsync("/v2/repository/models/simple/load");

        Assert.Equal(SampleModel.SimpleOutputs, (await server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: false)).Outputs);
    }

    [Fact]
    public async Task Only_what_was_named_is_loaded_at_start()
    {
        await using var server = await StartExplicitAsync("identity_fp32", "simple");

        Assert.Equal(
            ["identity_fp32", "simple"],
            server.Engine.Models.List().Where(static model => model.Versions.Any(static version => version.State == ModelState.Ready)).Select(static model => model.Name));
    }

    [Fact]
    public async Task A_model_that_is_in_no_repository_cannot_be_loaded()
    {
        await using var server = await StartExplicitAsync();

        var (status, error) = await server.Client.PostAsync("/v2/repository/models/nothing/load");

        Assert.Equal((HttpStatusCode.NotFound, true), (status, error!.Contains("'nothing'", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_explicit_control_loads_and_unloads_are_refused()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Client.PostAsync("/v2/repository/models/simple/load")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Client.PostAsync("/v2/repository/models/simple/unload")).Status);
        Assert.Equal(SampleModel.SimpleOutputs, (await server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true)).Outputs);
    }

    private static Task<TestServer> StartExplicitAsync(params string[] loadModels) => TestServer.StartAsync(SampleModel.Repository, options =>
    {
        options.ModelControlMode = ModelControlMode.Explicit;
        options.LoadModels = loadModels;
    });
}
