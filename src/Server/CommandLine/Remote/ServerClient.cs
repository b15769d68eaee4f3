using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Camshaft.Server.CommandLine.Remote;

/// <summary>Talks KServe V2 over HTTP to a running server. What goes wrong is a <see cref="CommandException"/> with the server's own words.</summary>
internal sealed class ServerClient : IDisposable
{
    /// <summary>The header that says how many bytes of a body are JSON.</summary>
    public const string JsonLengthHeader = "Inference-Header-Content-Length";

    private readonly HttpClient _http;

    /// <summary>Makes it; nothing is connected yet.</summary>
    public ServerClient(Uri address, string? key, string? authorityPath, TimeSpan timeout)
    {
        var handler = new SocketsHttpHandler();
        if (authorityPath is not null)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(authorityPath) };
        }

        _http = new HttpClient(handler) { BaseAddress = address, Timeout = timeout };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>Asks for JSON.</summary>
    public Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) => SendJsonAsync(HttpMethod.Get, path, cancellationToken);

    /// <summary>Posts nothing and reads JSON, or null when the answer is empty.</summary>
    public Task<JsonNode> PostAsync(string path, CancellationToken cancellationToken) => SendJsonAsync(HttpMethod.Post, path, cancellationToken);

    /// <summary>Posts JSON and reads JSON.</summary>
    public async Task<JsonNode> PostAsync(string path, JsonNode body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        var (answer, _) = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return Parse(answer);
    }

    /// <summary>Posts a body whose first bytes are JSON; reads an answer of the same form.</summary>
    /// <returns>The answer's JSON, and the bytes after it.</returns>
    public async Task<(JsonNode Json, ReadOnlyMemory<byte> Binary)> InferAsync(string path, ReadOnlyMemory<byte> body, int jsonByteSize, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Add(JsonLengthHeader, jsonByteSize.ToString(CultureInfo.InvariantCulture));
        var (answer, headers) = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        var jsonLength = headers.TryGetValues(JsonLengthHeader, out var values) ? int.Parse(values.First(), CultureInfo.InvariantCulture) : answer.Length;
        return (Parse(answer.AsSpan(0, jsonLength)), answer.AsMemory(jsonLength));
    }

    /// <summary>The path of a model, or of one version of it.</summary>
    public static string ModelPath(string model, long? version) =>
        $"v2/models/{Uri.EscapeDataString(model)}" + (version is { } number ? string.Create(CultureInfo.InvariantCulture, $"/versions/{number}") : "");

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> SendJsonAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        var (answer, _) = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return answer.Length == 0 ? new JsonObject() : Parse(answer);
    }

    private async Task<(byte[] Body, HttpResponseHeaders Headers)> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? (body, response.Headers)
                : throw new CommandException($"{FindMessage(body) ?? $"{_http.BaseAddress}{request.RequestUri} answered without a reason."} (HTTP {(int)response.StatusCode})");
        }
        catch (HttpRequestException exception)
        {
            throw new CommandException($"{_http.BaseAddress} cannot be reached: {exception.GetBaseException().Message}", CamshaftCommand.Unreachable, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"{_http.BaseAddress} did not answer within {_http.Timeout.TotalSeconds:0} s.", CamshaftCommand.Unreachable, exception);
        }
    }

    private JsonNode Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonNode.Parse(json) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new CommandException($"{_http.BaseAddress} does not speak KServe V2: its answer is not JSON.", innerException: exception);
        }
    }

    private static string? FindMessage(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject answer ? (string?)answer["error"] : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static X509ChainPolicy Trust(string path)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(path);
            return policy;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandException($"The authority's certificate '{path}' cannot be used: {exception.Message}", innerException: exception);
        }
    }
}
