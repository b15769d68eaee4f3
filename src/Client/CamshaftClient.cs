using Camshaft.Client.Endpoints;
using Camshaft.Client.Requests;
using Camshaft.Client.SharedMemory;
using Camshaft.Client.Telemetry;
using Camshaft.Transport.Wire;

namespace Camshaft.Client;

/// <summary>
/// The client of Camshaft's binary protocol. It keeps connections to its endpoints, many requests on each, sends a request where fewest wait, moves
/// on from servers that stop, and connects again when one was lost. Connects when it is first used. Any thread; one for the life of a program.
/// </summary>
public sealed class CamshaftClient : IInferenceClient
{
    private readonly ClientTelemetry _telemetry;
    private readonly EndpointSet _endpoints;
    private readonly CallDriver _driver;

    /// <summary>Makes a client of one server.</summary>
    /// <param name="address">Such as <c>camshaft://localhost:8003</c>; see <see cref="CamshaftClientOptions.Endpoints"/>.</param>
    /// <exception cref="ArgumentException">The address is none of such.</exception>
    public CamshaftClient(string address)
        : this(new CamshaftClientOptions { Endpoints = { new Uri(address, UriKind.Absolute) } })
    {
    }

    /// <summary>Makes a client.</summary>
    /// <param name="options">Where the servers are, and the rest.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public CamshaftClient(CamshaftClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var endpoints = options.Endpoints.Select(uri => new Endpoint(uri, options.Tls)).ToList();
        _telemetry = new ClientTelemetry(options);
        _endpoints = new EndpointSet(endpoints, options, _telemetry);
        _driver = new CallDriver(options, _endpoints, _telemetry);
    }

    /// <inheritdoc/>
    public async ValueTask<IInferenceModel> OpenModelAsync(string name, long? version = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var model = new CamshaftModel(_driver, name, version);
        await _driver.OpenAsync(model, cancellationToken).ConfigureAwait(false);
        return model;
    }

    /// <inheritdoc/>
    public ValueTask<SharedRegion> CreateRegionAsync(int byteSize, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteSize);
        return OperatingSystem.IsLinux()
            ? new ValueTask<SharedRegion>(_driver.CreateRegionAsync(byteSize, cancellationToken))
            : throw new PlatformNotSupportedException("Memory is shared with servers on Linux alone.");
    }

    /// <inheritdoc/>
    public ValueTask<SharedRegion> RegisterCudaMemoryAsync(ReadOnlySpan<byte> handle, int ordinal, int byteSize, long offset = 0, CancellationToken cancellationToken = default)
    {
        if (handle.Length != RegisterHead.HandleByteSize)
        {
            throw new ArgumentException($"The handle has {handle.Length} bytes; those of CUDA have {RegisterHead.HandleByteSize}.", nameof(handle));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteSize);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return new ValueTask<SharedRegion>(_driver.RegisterCudaMemoryAsync(new CudaMemory(handle.ToArray(), ordinal, offset), byteSize, cancellationToken));
    }

    /// <summary>Ends the connections. Requests that have no answer yet fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await _endpoints.DisposeAsync().ConfigureAwait(false);
        _telemetry.Dispose();
    }
}
