using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Camshaft.Transport.Http.Tests.Routing;

/// <summary>What tests of routing do with their server. After each, no request may hold memory.</summary>
public abstract class RoutingServerTest(RoutingServer server) : IAsyncLifetime
{
    protected const string OneInput = """{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[1,20]}]}""";

    protected RoutingServer Server => server;

    public ValueTask InitializeAsync()
    {
        server.Route("{}");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await server.UntilMemoryIsFreeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task<HttpResponseMessage> PostJsonAsync(string path, string json, params ReadOnlySpan<(string Name, string Value)> headers) =>
        PostAsync(path, "application/json", Encoding.UTF8.GetBytes(json), headers);

    protected Task<HttpResponseMessage> PostAsync(string path, string? contentType, byte[] body, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return server.Client.SendAsync(request);
    }

    /// <summary>The model and version that answered.</summary>
    protected static async Task<string> ReadModelAsync(Task<HttpResponseMessage> answer)
    {
        var root = await ReadAsync(answer);
        return $"{root.GetProperty("model_name").GetString()}@{root.GetProperty("model_version").GetString()}";
    }

    protected static async Task<JsonElement> ReadAsync(Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonSerializer.Deserialize<JsonElement>(body);
    }

    protected static async Task<string> ReadErrorAsync(Task<HttpResponseMessage> answer, HttpStatusCode status)
    {
        using var response = await answer;
        Assert.Equal(status, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;
    }

    protected static byte[] ToBytes(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
