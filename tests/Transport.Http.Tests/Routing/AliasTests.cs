using System.Net;
using System.Text.Json;

namespace Camshaft.Transport.Http.Tests.Routing;

/// <summary>Aliases, fallbacks and the calls that manage and explain, over real sockets.</summary>
[Collection(RoutingServerCollection.Name)]
public sealed class AliasTests(RoutingServer server) : RoutingServerTest(server)
{
    [Theory]
    [InlineData("/v2/models/digits/infer", "one@1")]
    [InlineData("/v2/models/two@canary/infer", "two@2")]
    [InlineData("/v2/models/two/versions/stable/infer", "two@1")]
    public async Task KServes_paths_take_aliases(string path, string model)
    {
        Server.Route("""{ "aliases": { "digits": "one" } }""");

        Assert.Equal(model, await ReadModelAsync(PostJsonAsync(path, OneInput)));
    }

    [Fact]
    public async Task Metadata_and_health_of_an_alias_are_those_of_what_it_stands_for()
    {
        var metadata = JsonSerializer.Deserialize<JsonElement>(await Server.Client.GetStringAsync("/v2/models/two/versions/canary"));

        Assert.Equal("two", metadata.GetProperty("name").GetString());
        Assert.Equal("2", Assert.Single(metadata.GetProperty("versions").EnumerateArray()).GetString());
        Assert.Equal(HttpStatusCode.OK, (await Server.Client.GetAsync("/v2/models/two@stable/ready")).StatusCode);
    }

    [Fact]
    public async Task A_name_that_is_neither_model_nor_alias_is_404() =>
        Assert.Equal("Model 'nobody' is not known to this server.", await ReadErrorAsync(PostJsonAsync("/v2/models/nobody/infer", OneInput), HttpStatusCode.NotFound));

    [Fact]
    public async Task Rules_of_an_alias_hold_in_KServes_paths_and_by_header()
    {
        Server.Route("""
            { "aliases": { "digits": "one" },
              "rules": [ { "name": "beta", "when": { "alias": "digits", "tags": { "beta": "true" } }, "targets": [ { "target": "two@2" } ] } ] }
            """);

        Assert.Equal("two@2", await ReadModelAsync(PostJsonAsync("/v2/models/digits/infer", OneInput.Replace("{\"inputs\"", "{\"parameters\":{\"tag.beta\":true},\"inputs\"", StringComparison.Ordinal))));
        Assert.Equal("two@2", await ReadModelAsync(PostJsonAsync("/v2/infer", OneInput, ("Camshaft-Alias", "digits"), ("Camshaft-Tag-beta", "true"))));
        Assert.Equal("one@1", await ReadModelAsync(PostJsonAsync("/v2/infer", OneInput, ("Camshaft-Alias", "digits"))));
    }

    [Fact]
    public async Task A_model_that_cannot_take_a_request_gives_it_to_the_next()
    {
        Server.Route("""{ "rules": [ { "name": "r", "targets": [ { "target": "broken" } ], "fallbacks": [ "two@1" ] } ] }""");

        Assert.Equal("two@1", await ReadModelAsync(PostJsonAsync("/v2/infer", OneInput)));
    }

    [Fact]
    public async Task A_model_that_fails_at_a_request_gives_it_to_the_next_with_its_inputs()
    {
        Server.Route("""{ "rules": [ { "name": "r", "targets": [ { "target": "strict" } ], "fallbacks": [ "broken", "one" ] } ] }""");

        var answer = await ReadAsync(PostJsonAsync("/v2/infer", OneInput.Replace("}]}", "}],\"outputs\":[{\"name\":\"y\"}]}", StringComparison.Ordinal)));

        Assert.Equal("one", answer.GetProperty("model_name").GetString());
        Assert.Equal([1f, 20f], answer.GetProperty("outputs")[0].GetProperty("data").Deserialize<float[]>()!);
    }

    [Fact]
    public async Task When_the_last_fallback_fails_too_its_error_is_the_answer()
    {
        Server.Route("""{ "rules": [ { "name": "r", "targets": [ { "target": "broken" } ], "fallbacks": [ "strict" ] } ] }""");

        Assert.Contains("Model 'strict' version 1: output 'y' has 20", await ReadErrorAsync(PostJsonAsync("/v2/infer", OneInput), HttpStatusCode.InternalServerError), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clients_fault_is_no_reason_to_ask_another_model()
    {
        Server.Route("""{ "rules": [ { "name": "r", "targets": [ { "target": "one" } ], "fallbacks": [ "text" ] } ] }""");

        Assert.Contains("Model 'one' version 1", await ReadErrorAsync(PostJsonAsync("/v2/infer", OneInput.Replace("FP32", "INT8", StringComparison.Ordinal)), HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_an_alias_under_load_loses_nothing()
    {
        Server.Route("""{ "aliases": { "live": "one" } }""");
        using var stop = new CancellationTokenSource();
        var models = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                models.AddOrUpdate(await ReadModelAsync(PostJsonAsync("/v2/models/live/infer", OneInput)), 1, static (_, count) => count + 1);
            }
        })).ToList();

        for (var i = 0; i < 20; i++)
        {
            var target = i % 2 == 0 ? "two@2" : "one";
            await ReadAsync(PostJsonAsync("/v2/aliases/live", $$"""{ "target": "{{target}}" }"""));

            // Every request that begins after the answer to the switch goes to the new target.
            Assert.Equal(i % 2 == 0 ? "two@2" : "one@1", await ReadModelAsync(PostJsonAsync("/v2/models/live/infer", OneInput)));
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Equal(["one@1", "two@2"], models.Keys.Order());
        await ReadAsync(PostJsonAsync("/v2/aliases/live/remove", ""));
    }

    [Fact]
    public async Task An_alias_is_set_listed_and_removed_by_calls()
    {
        var set = await ReadAsync(PostJsonAsync("/v2/aliases/<i>new", """{ "target": "two@stable" }"""));
        Assert.Equal("two@1", set.GetProperty("target").GetString());
        Assert.False(set.GetProperty("outlasts_restart").GetBoolean());
        Assert.Contains(JsonSerializer.Deserialize<JsonElement>(await Server.Client.GetStringAsync("/v2/aliases")).EnumerateArray(), static alias => alias.GetProperty("alias").GetString() == "<i>new");

        await ReadAsync(PostJsonAsync("/v2/aliases/%3Ci%3Enew/remove", ""));
        Assert.Equal("There is no alias '<i>new'.", await ReadErrorAsync(PostJsonAsync("/v2/aliases/<i>new/remove", ""), HttpStatusCode.NotFound));
    }

    [Theory]
    [InlineData("a", """{ "target": "nobody" }""", HttpStatusCode.BadRequest, "points nowhere: 'nobody'")]
    [InlineData("a", """{ "target": "broken" }""", HttpStatusCode.ServiceUnavailable, "takes no requests")]
    [InlineData("one", """{ "target": "two" }""", HttpStatusCode.BadRequest, "has the name of a model")]
    [InlineData("a", "{}", HttpStatusCode.BadRequest, "the body has no 'target'")]
    [InlineData("a", "", HttpStatusCode.BadRequest, "the body has no 'target'")]
    public async Task An_alias_that_cannot_be_is_refused(string alias, string body, HttpStatusCode status, string message) =>
        Assert.Contains(message, await ReadErrorAsync(PostJsonAsync($"/v2/aliases/{alias}", body), status), StringComparison.Ordinal);

    [Fact]
    public async Task A_reload_that_is_refused_says_why_and_the_old_rules_stay()
    {
        Server.Route("""{ "rules": [ { "name": "good", "targets": [ { "target": "one" } ] } ] }""");
        Server.WriteRules("""{ "rules": [ { "name": "bad", "targets": [ { "target": "nobody" } ] } ] }""");

        Assert.Contains("Rule 'bad' of camshaft.json points nowhere", await ReadErrorAsync(PostJsonAsync("/v2/route/reload", ""), HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal("one@1", await ReadModelAsync(PostJsonAsync("/v2/infer", OneInput)));
        var rules = JsonSerializer.Deserialize<JsonElement>(await Server.Client.GetStringAsync("/v2/route"));
        Assert.Equal("good", rules.GetProperty("rules")[0].GetProperty("name").GetString());
        Assert.Contains("bad", rules.GetProperty("fault").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_says_of_each_rule_what_the_request_lacks()
    {
        Server.Route("""
            { "rules": [
                { "name": "a", "when": { "tags": { "team": "vision" } }, "targets": [ { "target": "two" } ] },
                { "name": "b", "when": { "inputs": [ { "datatype": "FP32" } ] }, "targets": [ { "target": "one" } ], "fallbacks": [ "two@1" ] } ] }
            """);

        var explanation = await ReadAsync(PostJsonAsync("/v2/route/explain", """{ "content_type": "application/json", "headers": { "Camshaft-Tag-team": "audio" }, "inputs": [ { "name": "x", "datatype": "FP32", "shape": [2] } ] }"""));

        Assert.Equal("b", explanation.GetProperty("rule").GetProperty("name").GetString());
        Assert.Equal("one", explanation.GetProperty("targets")[0].GetString());
        Assert.Equal("its tag 'team' is 'audio'; expected 'vision'", explanation.GetProperty("considered")[0].GetProperty("because").GetString());
        Assert.True(explanation.GetProperty("considered")[1].GetProperty("matches").GetBoolean());
    }

    [Theory]
    [InlineData("""{ "tag": {} }""", "unknown member 'tag'")]
    [InlineData("""{ "tags": [] }""", "'tags' of the description is not an object")]
    [InlineData("""{ "inputs": [ { "shape": [1.5] } ] }""", "whole numbers")]
    [InlineData("""{ "inputs": [ { "datatype": "FP31" } ] }""", "unknown datatype 'FP31'")]
    public async Task A_description_that_is_none_is_refused(string body, string message) =>
        Assert.Contains(message, await ReadErrorAsync(PostJsonAsync("/v2/route/explain", body), HttpStatusCode.BadRequest), StringComparison.Ordinal);
}
