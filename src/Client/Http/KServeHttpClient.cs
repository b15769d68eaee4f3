using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Client.Http;
using Camshaft.Client.Telemetry;

namespace Camshaft.Client;

/// <summary>
/// The client of any server that speaks KServe V2 over HTTP with Triton's binary tensors, Camshaft among them. Slower than <see cref="CamshaftClient"/>, and allocates for
/// each request. Any thread; one for the life of a program.
/// </summary>
public sealed class KServeHttpClient : IInferenceClient
{
    private readonly HttpMessageInvoker _http;
    private readonly ClientTelemetry _telemetry;
    private readonly KServeHttpCaller _caller;

    /// <summary>Makes a client of one server.</summary>
    /// <param name="address">Such as <c>http://localhost:8000</c>.</param>
    /// <exception cref="ArgumentException">The address is none of such.</exception>
    public KServeHttpClient(string address)
        : this(new CamshaftClientOptions { Endpoints = { new Uri(address, UriKind.Absolute) } })
    {
    }

    /// <summary>Makes a client.</summary>
    /// <param name="options">Where the server is, and the rest.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public KServeHttpClient(CamshaftClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (options.Endpoints is not [{ Scheme: "http" or "https" } address])
        {
            throw new ArgumentException($"KServe V2 over HTTP needs one address, such as http://localhost:8000; got {string.Join(", ", options.Endpoints)}.", nameof(options));
        }

        _telemetry = new ClientTelemetry(options);
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.ConnectTimeout,
        };
        handler.SslOptions = options.Tls ?? handler.SslOptions;
        _http = new HttpMessageInvoker(handler);
        _caller = new KServeHttpCaller(_http, new Uri(address.AbsoluteUri.TrimEnd('/') + "/"), options, _telemetry);
    }

    /// <inheritdoc/>
    public async ValueTask<IInferenceModel> OpenModelAsync(string name, long? version = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var path = $"v2/models/{Uri.EscapeDataString(name)}" + (version is { } number ? FormattableString.Invariant($"/versions/{number}") : "");
        var body = await _caller.GetAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            using var metadata = JsonDocument.Parse(body);
            return new KServeHttpModel(_caller, name, version ?? KServeMetadata.ReadVersion(metadata.RootElement), KServeMetadata.ReadSignature(metadata.RootElement), path + "/infer");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new InferenceException(StatusCode.Internal, $"The server does not speak KServe V2: what it says of model '{name}' is not a model's metadata.", exception);
        }
    }

    /// <summary>Always fails: over HTTP no memory is shared.</summary>
    /// <inheritdoc/>
    public ValueTask<SharedRegion> CreateRegionAsync(int byteSize, CancellationToken cancellationToken = default) =>
        throw new InferenceException(StatusCode.Unsupported, "Over HTTP no memory is shared; CamshaftClient does that.");

    /// <summary>Ends the connections.</summary>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _telemetry.Dispose();
        return ValueTask.CompletedTask;
    }
}
