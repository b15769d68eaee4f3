using System.Net;
using System.Text.Json.Nodes;
using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>Two copies of one ONNX model where there is memory for one, as clients see them.</summary>
public sealed class StandbyTests : IDisposable
{
    private readonly TempDirectory _models = new();

    public StandbyTests()
    {
        foreach (var name in new[] { "first", "second" })
        {
            _models.Write($"{name}/1/model.onnx", SampleModel.Read("digits"));
        }
    }

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task A_model_on_standby_looks_ready_and_its_request_is_answered()
    {
        await using var server = await StartAsync();
        var client = server.Client;
        Assert.Equal(["first 1 READY ", "second 1 READY on standby"], await ReadIndexAsync(client));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v2/models/second/ready")).Status);

        var answer = await client.InferAsync("second", CreateInputs(server, "first"), binary: true);
        Assert.Equal((HttpStatusCode.OK, null), (answer.Status, answer.Error));
        Assert.Equal(["first 1 READY on standby", "second 1 READY "], await ReadIndexAsync(client));
    }

    [Fact]
    public async Task A_model_that_left_memory_still_answers_for_its_signature_and_says_what_it_takes()
    {
        await using var server = await StartAsync();
        var before = await server.Client.GetAsync("/v2/models/first");
        await server.Client.InferAsync("second", CreateInputs(server, "first"), binary: true);

        var after = await server.Client.GetAsync("/v2/models/first");
        Assert.Equal((HttpStatusCode.OK, before.Body!.ToJsonString()), (after.Status, after.Body!.ToJsonString()));
        var parameters = (await server.Client.GetAsync("/v2/models/first/config")).Body!["parameters"]!;
        Assert.Equal("standby", ReadParameter(parameters, "residency"));
        Assert.InRange(long.Parse(ReadParameter(parameters, "memory_bytes")), SampleModel.Read("digits").Length, long.MaxValue);
        Assert.Equal(ModelState.Standby, Find(server, "first").State);
    }

    [Fact]
    public async Task A_model_that_was_never_in_memory_is_loaded_for_its_signature()
    {
        await using var server = await StartAsync();

        var (status, body) = await server.Client.GetAsync("/v2/models/second");
        Assert.Equal((HttpStatusCode.OK, "[\"1\"]"), (status, body!["versions"]!.ToJsonString()));
        Assert.Equal(ModelState.Ready, Find(server, "second").State);
    }

    [Fact]
    public async Task A_model_that_cannot_be_loaded_when_it_is_asked_for_says_why_and_when_to_come_back()
    {
        await using var server = await StartAsync();
        _models.Write("second/1/model.onnx", "no model"u8);
        var answer = await server.Client.InferAsync("second", CreateInputs(server, "first"), binary: true);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains("Model 'second' version 1 could not be loaded on demand: ONNX Runtime cannot load", answer.Error, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Client.GetAsync("/v2/models/second/ready")).Status);
        using var http = new HttpClient { BaseAddress = server.Client.Address };
        using var again = await http.PostAsync(new Uri("/v2/models/second/infer", UriKind.Relative), new StringContent("{}"));
        Assert.Equal(5, again.Headers.RetryAfter!.Delta!.Value.TotalSeconds, tolerance: 4);
    }

    private static Dictionary<string, TestTensor> CreateInputs(TestServer server, string model)
    {
        var input = Find(server, model).Signature!.Inputs.Single();
        var shape = Array.ConvertAll(input.Shape.Dimensions.ToArray(), static length => Math.Max(1, length));
        return new Dictionary<string, TestTensor> { [input.Name] = TestTensor.Of(DataType.Float32, shape, new float[shape.Aggregate(1L, static (product, length) => product * length)]) };
    }

    private static ModelVersion Find(TestServer server, string model)
    {
        Assert.True(server.Engine.Models.TryGetVersion(model, ModelRegistry.HighestReady, out var version).IsOk);
        return version!;
    }

    private static string ReadParameter(JsonNode parameters, string name) => (string)parameters[$"camshaft.{name}"]!["string_value"]!;

    private static async Task<List<string>> ReadIndexAsync(InferenceClient client)
    {
        using var http = new HttpClient { BaseAddress = client.Address };
        using var answer = await http.PostAsync(new Uri("/v2/repository/index", UriKind.Relative), null);
        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray().Select(static entry => $"{entry!["name"]} {entry["version"]} {entry["state"]} {((string)entry["reason"]!).Split(':')[0]}")];
    }

    /// <summary>Starts a server with memory for one of the two, and a little more.</summary>
    private async Task<TestServer> StartAsync()
    {
        long byteSize;
        await using (var server = await TestServer.StartAsync(_models.FullPath))
        {
            byteSize = Find(server, "first").Footprint.HostByteSize;
        }

        return await TestServer.StartAsync(_models.FullPath, options =>
        {
            options.MemoryBudget = byteSize + (SampleModel.Read("digits").Length / 2);

            // One after the other: what the first takes is measured before the second asks for room.
            options.ConcurrentLoads = 1;
        });
    }
}
