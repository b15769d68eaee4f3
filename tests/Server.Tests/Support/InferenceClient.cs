using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Camshaft.Backends;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Support;

/// <summary>A client of KServe V2 over HTTP, as plain as tests need it. Counts its connections, to tell whether one was lost.</summary>
internal sealed class InferenceClient : IDisposable
{
    private const string HeaderLength = "Inference-Header-Content-Length";

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
        var header = new JsonObject
        {
            ["inputs"] = new JsonArray([.. inputs.Select(input => Describe(input.Key, input.Value, binary))]),
            ["parameters"] = new JsonObject { ["binary_data_output"] = binary },
        };
        var headerBytes = Encoding.UTF8.GetBytes(header.ToJsonString());
        byte[] body = binary ? [.. headerBytes, .. inputs.Values.SelectMany(static tensor => tensor.Data)] : headerBytes;
        using var response = await SendAsync($"/v2/models/{modelName}/infer", body, binary ? headerBytes.Length : null);
        var answer = await response.Content.ReadAsByteArrayAsync();
        if (!response.IsSuccessStatusCode)
        {
            return new InferenceAnswer(response.StatusCode, ReadError(response, Encoding.UTF8.GetString(answer)), new Dictionary<string, TestTensor>());
        }

        var length = response.Headers.TryGetValues(HeaderLength, out var values) ? int.Parse(values.Single(), CultureInfo.InvariantCulture) : answer.Length;
        return new InferenceAnswer(response.StatusCode, null, ReadOutputs(JsonNode.Parse(answer.AsSpan(0, length))!, answer.AsSpan(length)));
    }

    public void Dispose() => _http.Dispose();

    private static JsonObject Describe(string name, TestTensor tensor, bool binary)
    {
        var description = new JsonObject
        {
            ["name"] = name,
            ["datatype"] = tensor.DataType.Name,
            ["shape"] = new JsonArray([.. tensor.Shape.Dimensions.ToArray().Select(static length => JsonValue.Create(length))]),
        };
        if (binary)
        {
            description["parameters"] = new JsonObject { ["binary_data_size"] = tensor.Data.Length };
        }
        else
        {
            description["data"] = JsonTensor.ToJson(tensor);
        }

        return description;
    }

    private static Dictionary<string, TestTensor> ReadOutputs(JsonNode header, ReadOnlySpan<byte> tail)
    {
        var outputs = new Dictionary<string, TestTensor>();
        foreach (var output in header["outputs"]!.AsArray())
        {
            Assert.True(DataTypes.TryParse((string)output!["datatype"]!, out var dataType));
            var shape = new Shape([.. output["shape"]!.AsArray().Select(static length => (long)length!)]);
            var byteSize = (int?)output["parameters"]?["binary_data_size"];
            var data = byteSize is { } size ? tail[..size].ToArray() : JsonTensor.FromJson(dataType, output["data"]!.AsArray());
            tail = tail[(byteSize ?? 0)..];
            outputs.Add((string)output["name"]!, new TestTensor(dataType, shape, data));
        }

        Assert.Equal(0, tail.Length);
        return outputs;
    }

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
            request.Headers.Add(HeaderLength, length.ToString(CultureInfo.InvariantCulture));
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
