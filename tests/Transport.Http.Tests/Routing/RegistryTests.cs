using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Camshaft.Transport.Http.Tests.Routing;

/// <summary>The list of models, their schemas, and the server's calls as a document and a page.</summary>
[Collection(RoutingServerCollection.Name)]
public sealed class RegistryTests(RoutingServer server) : RoutingServerTest(server)
{
    [Fact]
    public async Task Every_model_is_listed_with_what_there_is_to_know()
    {
        var models = JsonSerializer.Deserialize<JsonElement>(await Server.Client.GetStringAsync("/v2/models")).GetProperty("models").EnumerateArray().ToDictionary(static model => model.GetProperty("id").GetString()!);

        Assert.Equal(["broken", "endless", "one", "pair", "strict", "text", "two"], models.Keys.Order());
        var two = models["two"];
        Assert.Equal("ready", two.GetProperty("state").GetString());
        Assert.Equal("team <b>two</b>", two.GetProperty("owner").GetString());
        Assert.Equal("answers & asks", two.GetProperty("description").GetString());
        Assert.Equal("<script>alert(1)</script>", two.GetProperty("tags")[1].GetString());
        Assert.Equal(["two@canary", "two@stable"], two.GetProperty("aliases").EnumerateArray().Select(static alias => alias.GetString()!));
        Assert.Equal("FP32", two.GetProperty("versions")[1].GetProperty("inputs")[0].GetProperty("datatype").GetString());
        Assert.Equal("cpu", two.GetProperty("versions")[1].GetProperty("device").GetString());
        Assert.Equal("failed", models["broken"].GetProperty("versions")[0].GetProperty("state").GetString());
        Assert.NotEmpty(models["broken"].GetProperty("versions")[0].GetProperty("reason").GetString()!);
    }

    [Theory]
    [InlineData("one", OneInput)]
    [InlineData("text", """{"id":"7","inputs":[{"name":"x","datatype":"BYTES","shape":[2],"data":[["a"],["b"]]}],"outputs":[{"name":"y"}],"parameters":{"tag.t":true}}""")]
    [InlineData("pair", """{"inputs":[{"name":"b","datatype":"FP32","shape":[1],"data":[1.5]},{"name":"a","datatype":"FP32","shape":[0],"data":[]}]}""")]
    public async Task Requests_that_the_model_takes_and_their_answers_are_as_the_schema_says(string model, string request)
    {
        var (ofRequest, ofAnswer) = await ReadSchemasAsync(model);

        var answer = await ReadAsync(PostJsonAsync($"/v2/models/{model}/infer", request));

        Assert.True(IsValid(ofRequest, request));
        Assert.True(IsValid(ofAnswer, answer.GetRawText()));
    }

    [Theory]
    [InlineData("one", """{"inputs":[]}""")]
    [InlineData("one", """{"inputs":[{"name":"z","datatype":"FP32","shape":[1],"data":[1]}]}""")]
    [InlineData("one", """{"inputs":[{"name":"x","datatype":"INT8","shape":[1],"data":[1]}]}""")]
    [InlineData("one", """{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}]}""")]
    [InlineData("one", """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":["1"]}]}""")]
    [InlineData("one", """{"inputs":[{"name":"x","datatype":"FP32","shape":[1]}]}""")]
    [InlineData("one", """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]},{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}""")]
    [InlineData("pair", """{"inputs":[{"name":"a","datatype":"FP32","shape":[1],"data":[1]}]}""")]
    public async Task Requests_that_the_schema_refuses_the_model_refuses_too(string model, string request)
    {
        var (ofRequest, _) = await ReadSchemasAsync(model);

        Assert.False(IsValid(ofRequest, request));
        await ReadErrorAsync(PostJsonAsync($"/v2/models/{model}/infer", request), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_document_of_all_calls_has_every_path_that_is_served_and_each_models_schema()
    {
        var api = JsonSerializer.Deserialize<JsonElement>(await Server.Client.GetStringAsync("/openapi.json"));

        Assert.StartsWith("3.1", api.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = api.GetProperty("paths");
        Assert.True(paths.TryGetProperty("/v2/infer", out _));
        var schema = paths.GetProperty("/v2/models/two/infer").GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        Assert.Equal("A request to two version 2", schema.GetProperty("title").GetString());
        foreach (var path in paths.EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                // What is in the document is served: another method than its own is told which that is.
                using var request = new HttpRequestMessage(HttpMethod.Delete, path.Name.Replace("{model}", "one", StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal).Replace("{alias}", "a", StringComparison.Ordinal));
                using var answer = await Server.Client.SendAsync(request);
                Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
                Assert.Equal(operation.Name.ToUpperInvariant(), Assert.Single(answer.Content.Headers.Allow));
            }
        }
    }

    [Fact]
    public async Task The_page_takes_nothing_from_elsewhere_and_reads_no_name_as_markup()
    {
        using var answer = await Server.Client.GetAsync("/docs");
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("innerHTML", page, StringComparison.Ordinal);
    }

    private async Task<(JsonSchema Request, JsonSchema Answer)> ReadSchemasAsync(string model)
    {
        var schemas = JsonNode.Parse(await Server.Client.GetStringAsync($"/v2/models/{model}/schema"))!;
        return (JsonSchema.FromText(schemas["request"]!.ToJsonString()), JsonSchema.FromText(schemas["response"]!.ToJsonString()));
    }

    private static bool IsValid(JsonSchema schema, string json)
    {
        using var document = JsonDocument.Parse(json);
        return schema.Evaluate(document.RootElement).IsValid;
    }
}
