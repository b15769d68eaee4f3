using System.Net;
using Camshaft.Engine;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Regions;
using Camshaft.Transport.Hosting.Access;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Binary;

/// <summary>Serves the binary protocol on connections that a host gives it. Lives as long as the host; any thread.</summary>
public sealed class BinaryServer : IDisposable
{
    private readonly BinaryServices _services;
    private readonly OpenConnections _connections;

    /// <summary>Makes it from its parts; a host does, by <see cref="BinaryTransportExtensions.AddBinary"/>.</summary>
    public BinaryServer(InferenceEngine engine, AccessControl access, BinaryTransportOptions options, TimeProvider timeProvider, ILogger<BinaryServer> logger)
    {
        _services = new BinaryServices(engine, access, options, timeProvider, logger);
        _connections = new OpenConnections(timeProvider);
    }

    /// <summary>How many connections are open.</summary>
    public int Open => _connections.Count;

    /// <summary>How many regions of shared memory are registered, or still in use.</summary>
    public int Regions => _services.Regions.Count;

    /// <summary>Serves one connection to its end. A host that asks for the end gets it when what is in flight has been answered.</summary>
    public async Task ServeAsync(ConnectionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var offer = SharedMemoryOffer.Of(context, _services.Options.SharedMemory, _services.HasCudaMemory);
        using var connection = new BinaryConnection(_services, context.Transport, (context.RemoteEndPoint as IPEndPoint)?.Address, offer, context.Abort, context.ConnectionClosed);
        _connections.Add(connection);
        var requested = context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        await using var registration = requested.UnsafeRegister(static state => ((BinaryConnection)state!).Drain(), connection).ConfigureAwait(false);
        try
        {
            await connection.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _connections.Remove(connection);
        }
    }

    /// <summary>Ends the watch over connections; the host ends those.</summary>
    public void Dispose() => _connections.Dispose();
}
