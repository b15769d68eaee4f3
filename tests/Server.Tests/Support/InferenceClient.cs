using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Support;

/// <summary>A client of KServe V2 over HTTP, as plain as tests need it. Counts its connections, to tell whether one was lost.</summary>
internal sealed class InferenceClient : IDisposable
{
    private readonly HttpClient _http;
    private int _connectionCount;

    public InferenceClient(Uri address)
    {
        Address = address;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(120) };
    }

    public Uri Address { get; }

    /// <summary>How many connections were opened so far.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    public async Task<(HttpStatusCode Status, JsonNode? Body)> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public async Task<(HttpStatusCode Status, string? Error)> PostAsync(string path, string body = "", int? headerLength = null) =>
        await PostAsync(path, Encoding.UTF8.GetBytes(body), headerLength);

    public async Task<(HttpStatusCode Status, string? Error)> PostAsync(string path, byte[] body, int? headerLength = null)
    {
        using var response = await SendAsync(path, body, headerLength);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, ReadError(response, text));
    }

    /// <summary>Infers with the tensors as JSON, or as binary tensor data after it.</summary>
    public async Task<InferenceAnswer> InferAsync(string modelName, IReadOnlyDictionary<string, TestTensor> inputs, bool binary)
    {
        var (body, headerLength) = InferenceBody.Create(inputs, binary);
        using var response = await SendAsync($"/v2/models/{modelName}/infer", body, headerLength);
        var answer = await response.Content.ReadAsByteArrayAsync();
        if (!response.IsSuccessStatusCode)
        {
            return new InferenceAnswer(response.StatusCode, ReadError(response, Encoding.UTF8.GetString(answer)), new Dictionary<string, TestTensor>());
        }

        var length = response.Headers.TryGetValues(InferenceBody.HeaderLength, out var values) ? int.Parse(values.Single(), CultureInfo.InvariantCulture) : answer.Length;
        return new InferenceAnswer(response.StatusCode, null, InferenceBody.ReadOutputs(answer, length));
    }

    public void Dispose() => _http.Dispose();

    private static string? ReadError(HttpResponseMessage response, string text)
    {
        if (response.IsSuccessStatusCode)
        {
            return null;
        }

        var error = Assert.Single(JsonNode.Parse(text)!.AsObject());
        Assert.Equal("error", error.Key);
        return (string)error.Value!;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, byte[] body, int? headerLength)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(headerLength is null ? "application/json" : "application/octet-stream");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (headerLength is { } length)
        {
            request.Headers.Add(InferenceBody.HeaderLength, length.ToString(CultureInfo.InvariantCulture));
        }

        return await _http.SendAsync(request);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            Interlocked.Increment(ref _connectionCount);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
