using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Camshaft.Samples.Embedded.Tests;

public sealed class EmbeddedProgramTests(EmbeddedProgram program) : IClassFixture<EmbeddedProgram>
{
    [Fact]
    public async Task Its_own_endpoint_names_the_seven()
    {
        using var answer = await program.Client.PostAsync("/digits", new ByteArrayContent(EmbeddedProgram.ReadInput("seven.gray")));
        var json = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(7, (int)json["digit"]!);
        Assert.InRange((float)json["probability"]!, 0.9f, 1f);
    }

    [Fact]
    public async Task An_image_of_another_size_is_refused()
    {
        using var answer = await program.Client.PostAsync("/digits", new ByteArrayContent(new byte[10]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("10 bytes; expected 784", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KServe_beside_it_names_the_seven_too()
    {
        using var answer = await program.Client.PostAsync("/v2/models/digits/infer", new ByteArrayContent(EmbeddedProgram.ReadInput("seven.json")));
        var probabilities = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["outputs"]![0]!["data"]!.AsArray().Select(static value => (float)value!).ToArray();

        Assert.Equal(10, probabilities.Length);
        Assert.Equal(7, Array.IndexOf(probabilities, probabilities.Max()));
    }

    [Fact]
    public async Task Health_names_the_model()
    {
        var report = (await program.Client.GetFromJsonAsync<JsonObject>("/healthz"))!;

        Assert.Equal("Healthy", (string)report["status"]!);
        Assert.Equal("version 1: ready", (string)report["checks"]!["camshaft-ready"]!["data"]!["digits"]!);
    }

    [Theory]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    public async Task Each_probe_has_its_address(string path) => Assert.Equal("Healthy", await program.Client.GetStringAsync(path));
}
