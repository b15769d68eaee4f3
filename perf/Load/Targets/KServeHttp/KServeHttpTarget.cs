using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Camshaft.Backends;
using Camshaft.Load.Plans;

namespace Camshaft.Load.Targets.KServeHttp;

/// <summary><c>kserve+http://HOST:PORT</c>: any server that speaks KServe V2 with binary tensors over HTTP/1.1, by pooled connections.</summary>
internal sealed class KServeHttpTarget : ITarget
{
    private readonly HttpMessageInvoker _http;
    private readonly Uri _server;
    private readonly AuthenticationHeaderValue? _authorization;

    public KServeHttpTarget(string address, TargetOptions options)
    {
        Address = address;
        if (!Uri.TryCreate(address["kserve+".Length..].TrimEnd('/') + "/", UriKind.Absolute, out var server))
        {
            throw new LoadException($"'{address}' is no address of a server; expected something like kserve+http://localhost:8000.");
        }

        _server = server;
        _authorization = options.ApiKey is { } key ? new AuthenticationHeaderValue("Bearer", key) : null;
        _http = new HttpMessageInvoker(ServerHandler.Create(options));
    }

    public string Address { get; }

    public bool IsInProcess => false;

    public async Task<IReadOnlyList<ITargetModel>> OpenAsync(IReadOnlyList<ModelLoad> models, int seed, CancellationToken cancellationToken)
    {
        var opened = new List<ITargetModel>();
        foreach (var load in models)
        {
            var path = new Uri(_server, $"v2/models/{Uri.EscapeDataString(load.Name)}" + (load.Version is { } version ? FormattableString.Invariant($"/versions/{version}") : ""));
            var signature = await ReadInputsAsync(load, path, cancellationToken).ConfigureAwait(false);
            opened.Add(new KServeHttpModel(_http, new Uri($"{path.AbsoluteUri}/infer"), _authorization, RequestInputs.Create(load, signature, seed), load.Timeout));
        }

        return opened;
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<List<TensorSpec>> ReadInputsAsync(ModelLoad load, Uri path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = _authorization;
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw new LoadException($"Model '{load.Name}': {ErrorMessage.Find(body) ?? "no reason given"} (HTTP {(int)response.StatusCode})");
            }

            return JsonNode.Parse(body) is JsonObject metadata && metadata["inputs"] is JsonArray inputs
                ? [.. inputs.Select(ReadSpec)]
                : throw new FormatException("It has no inputs.");
        }
        catch (HttpRequestException exception)
        {
            throw new LoadException($"{Address} cannot be reached: {exception.GetBaseException().Message}", exception) { IsUnreachable = true };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new LoadException($"{Address} does not speak KServe V2: what it says of model '{load.Name}' is not a model's metadata.", exception);
        }
    }

    private static TensorSpec ReadSpec(JsonNode? input)
    {
        if (input is not JsonObject || (string?)input["name"] is not { } name || input["shape"] is not JsonArray shape)
        {
            throw new FormatException("An input has no name or no shape.");
        }

        return DataTypes.TryParse(((string?)input["datatype"]).AsSpan(), out var dataType)
            ? new TensorSpec(name, dataType, new Shape([.. shape.Select(static length => length!.GetValue<long>())])) { IsOptional = (bool?)input["optional"] ?? false }
            : throw new LoadException($"The server gives input '{name}' the datatype '{input["datatype"]}', which is not known here.");
    }
}
