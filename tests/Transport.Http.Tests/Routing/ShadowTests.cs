using System.Text.Json;

namespace Camshaft.Transport.Http.Tests.Routing;

/// <summary>Copies of requests, whose answers nobody gets.</summary>
[Collection(RoutingServerCollection.Name)]
public sealed class ShadowTests(RoutingServer server) : RoutingServerTest(server)
{
    private const string One = """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}""";

    [Fact]
    public async Task A_shadow_runs_copies_and_the_answer_is_the_targets()
    {
        Server.Route("""{ "rules": [ { "name": "r", "targets": [ { "target": "one" } ], "shadows": [ { "target": "two@2" } ] } ] }""");
        Assert.True(Server.Engine.Models.TryGetVersion("two", 2, out var shadow).IsOk);
        var before = shadow!.LeaseCount;

        // The first may come while another test's copy is rested from.
        await UntilAsync(async () =>
        {
            Assert.Equal("one@1", await ReadModelAsync(PostJsonAsync("/v2/infer", One)));
            return (await CountAsync()).Sent > 0;
        });
        await Server.UntilMemoryIsFreeAsync();
        Assert.Equal(before, shadow.LeaseCount);
    }

    [Fact]
    public async Task A_saturated_shadow_drops_copies_and_every_request_is_answered()
    {
        const int Requests = 100;
        Server.Route("""{ "rules": [ { "name": "r", "targets": [ { "target": "one" } ], "shadows": [ { "target": "endless" } ] } ] }""");

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => ReadModelAsync(PostJsonAsync("/v2/infer", One))));

        Assert.All(answers, static answer => Assert.Equal("one@1", answer));
        await UntilAsync(async () => await CountAsync() is var (sent, dropped) && sent + dropped == Requests);
        var (run, left) = await CountAsync();

        // One at a time, and after it a rest.
        Assert.InRange(run, 0, Requests / 2);
        Assert.InRange(left, Requests / 2, Requests);
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("pair")]
    public async Task A_shadow_that_cannot_take_the_request_costs_it_nothing(string shadow)
    {
        Server.Route($$"""{ "rules": [ { "name": "r", "targets": [ { "target": "one" } ], "shadows": [ { "target": "{{shadow}}" } ] } ] }""");

        Assert.Equal("one@1", await ReadModelAsync(PostJsonAsync("/v2/infer", One)));
        await UntilAsync(async () => (await CountAsync()).Dropped == 1);
    }

    [Fact]
    public async Task A_part_of_the_requests_is_copied()
    {
        Server.Route("""{ "rules": [ { "name": "r", "targets": [ { "target": "one" } ], "shadows": [ { "target": "two@2", "percent": 10 } ] } ] }""");
        for (var i = 0; i < 200; i++)
        {
            await ReadModelAsync(PostJsonAsync("/v2/infer", One));
        }

        await Server.UntilMemoryIsFreeAsync();
        var (sent, dropped) = await CountAsync();
        Assert.InRange(sent + dropped, 5, 40);
    }

    private async Task<(long Sent, long Dropped)> CountAsync()
    {
        var rules = JsonSerializer.Deserialize<JsonElement>(await Server.Client.GetStringAsync("/v2/route"));
        var shadow = rules.GetProperty("rules")[0].GetProperty("shadows")[0];
        return (shadow.GetProperty("sent").GetInt64(), shadow.GetProperty("dropped").GetInt64());
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            Assert.False(patience.IsCancellationRequested, "It did not happen.");
            await Task.Delay(5, CancellationToken.None);
        }
    }
}
