using System.Net;
using System.Text;
using Camshaft.Server.Tests.Support;

namespace Camshaft.Server.Tests.Telemetry;

public sealed class StatisticsTests
{
    private static readonly string[] OfSuccess = ["success", "queue", "compute_input", "compute_infer", "compute_output"];
    private static readonly string[] OfOthers = ["fail", "cache_hit", "cache_miss"];

    [Fact]
    public async Task The_statistics_of_a_model_count_its_requests_and_batches()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository);
        var before = DateTimeOffset.UtcNow;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true)).Status);
        }

        await server.AssertNothingLeasedAsync();
        var statistics = Assert.Single((await server.Client.GetAsync("/v2/models/simple/stats")).Body!["model_stats"]!.AsArray())!;
        var inferences = statistics["inference_stats"]!;

        Assert.Equal(("simple", "1", 3, 3), ((string)statistics["name"]!, (string)statistics["version"]!, (int)statistics["inference_count"]!, (int)statistics["execution_count"]!));
        Assert.InRange((long)statistics["last_inference"]!, before.ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1);
        Assert.All(OfSuccess, name => Assert.Equal(3, (int)inferences[name]!["count"]!));
        Assert.All(OfOthers, name => Assert.Equal(0, (int)inferences[name]!["count"]!));
        var batch = Assert.Single(statistics["batch_stats"]!.AsArray())!;
        Assert.Equal((1, 3, 3), ((int)batch["batch_size"]!, (int)batch["compute_infer"]!["count"]!, (int)batch["compute_input"]!["count"]!));

        // Each request ran alone, so that its run is its batch's.
        Assert.Equal((long)inferences["compute_infer"]!["ns"]!, (long)batch["compute_infer"]!["ns"]!);
        Assert.True((long)inferences["success"]!["ns"]! > (long)inferences["compute_infer"]!["ns"]!);
        Assert.Equal("CPU", (string)Assert.Single(statistics["memory_usage"]!.AsArray())!["type"]!);
    }

    [Fact]
    public async Task The_statistics_of_all_models_are_those_of_each()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository);
        var all = (await server.Client.GetAsync("/v2/models/stats")).Body!["model_stats"]!.AsArray();

        Assert.Equal(server.Engine.Models.List().Select(static model => model.Name), all.Select(static model => (string)model!["name"]!));
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync("/v2/models/unknown/stats")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/v2/models/simple/versions/1/stats")).Status);
    }

    [Fact]
    public async Task The_stages_are_in_the_answer_of_those_who_ask_for_them_alone()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository);
        using var http = new HttpClient { BaseAddress = server.Client.Address };
        using var plain = await SendAsync(http, asks: false);
        using var asked = await SendAsync(http, asks: true);

        Assert.False(plain.Headers.Contains("Server-Timing"));
        var stages = string.Join(',', asked.Headers.GetValues("Server-Timing")).Split(", ").Select(static part => part.Split(";dur=")).ToDictionary(static part => part[0], static part => double.Parse(part[1]));
        Assert.Equal(["receive", "queue", "batch_wait", "copy_in", "run", "copy_out", "total"], stages.Keys);
        Assert.Equal(stages["total"], stages.Where(static stage => stage.Key != "total").Sum(static stage => stage.Value), 0.01);
        Assert.True(stages["run"] > 0);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, bool asks)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/simple/infer") { Content = new StringContent(SimpleRequest.Body, Encoding.UTF8, "application/json") };
        if (asks)
        {
            request.Headers.Add("Camshaft-Timing", "1");
        }

        return await http.SendAsync(request);
    }
}
