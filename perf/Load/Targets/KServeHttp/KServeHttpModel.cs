using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Camshaft.Backends;

namespace Camshaft.Load.Targets.KServeHttp;

/// <summary>Sends one body, made once: the JSON head and the inputs' bytes after it.</summary>
internal sealed class KServeHttpModel : ITargetModel
{
    private const string JsonLengthHeader = "Inference-Header-Content-Length";
    private const int ReadByteSize = 64 * 1024;

    private static readonly MediaTypeHeaderValue ContentType = new("application/octet-stream");

    private readonly HttpMessageInvoker _http;
    private readonly Uri _address;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly byte[] _body;
    private readonly string _jsonByteSize;
    private readonly ConcurrentDictionary<int, string> _kinds = new();

    public KServeHttpModel(HttpMessageInvoker http, Uri address, AuthenticationHeaderValue? authorization, RequestInput[] inputs, TimeSpan? timeout)
    {
        _http = http;
        _address = address;
        _authorization = authorization;
        var json = Encoding.UTF8.GetBytes(WriteHead(inputs, timeout).ToJsonString());
        _body = [.. json, .. inputs.SelectMany(static input => input.Data)];
        _jsonByteSize = json.Length.ToString(CultureInfo.InvariantCulture);
    }

    public async ValueTask<SendResult> SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(_body);
            content.Headers.ContentType = ContentType;
            using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
            request.Headers.TryAddWithoutValidation(JsonLengthHeader, _jsonByteSize);
            request.Headers.Authorization = _authorization;
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
                return new SendResult(_kinds.GetOrAdd((int)response.StatusCode, static code => $"HTTP {code}"), ErrorMessage.Find(body) ?? "no reason given");
            }

            await ReadToEndAsync(response.Content, cancellationToken).ConfigureAwait(false);
            return SendResult.Ok;
        }
        catch (HttpRequestException exception)
        {
            return new SendResult($"connection: {exception.HttpRequestError}", exception.GetBaseException().Message);
        }
        catch (IOException exception)
        {
            return new SendResult("connection: ResponseEnded", exception.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return SendResult.Abandoned;
        }
    }

    // The answer is received whole, as a client would, and not looked at: checking it is a test's work.
    private static async ValueTask ReadToEndAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadByteSize);
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static JsonObject WriteHead(RequestInput[] inputs, TimeSpan? timeout)
    {
        var parameters = new JsonObject { ["binary_data_output"] = true };
        if (timeout is { } time)
        {
            // In microseconds, as Triton has it.
            parameters["timeout"] = (long)time.TotalMicroseconds;
        }

        return new JsonObject
        {
            ["inputs"] = new JsonArray([.. inputs.Select(static input => new JsonObject
            {
                ["name"] = input.Name,
                ["datatype"] = input.DataType.Name,
                ["shape"] = new JsonArray([.. input.Shape.Select(static length => (JsonNode)length)]),
                ["parameters"] = new JsonObject { ["binary_data_size"] = input.Data.Length },
            })]),
            ["parameters"] = parameters,
        };
    }
}
