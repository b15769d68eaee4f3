using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Camshaft.Engine.Memory.Shared;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Camshaft.Transport.Binary.Regions;

/// <summary>What of shared memory one connection may be offered, by where it comes from. Immutable.</summary>
/// <param name="Features">The features.</param>
/// <param name="User">The user at the other end; null = not known.</param>
/// <param name="Descriptors">The descriptors that come with its bytes; null = the host receives none.</param>
internal sealed record SharedMemoryOffer(WireFeatures Features, uint? User, IReceivedDescriptors? Descriptors)
{
    // socket.h.
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>Nothing.</summary>
    public static SharedMemoryOffer None { get; } = new(WireFeatures.None, null, null);

    /// <summary>Looks at a connection.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="options">What may be offered.</param>
    /// <param name="hasCuda">Whether there is a GPU that opens handles.</param>
    public static SharedMemoryOffer Of(ConnectionContext context, SharedMemoryOptions options, bool hasCuda)
    {
        var isUnix = context.LocalEndPoint is UnixDomainSocketEndPoint;
        var isLocal = isUnix || (context.RemoteEndPoint is IPEndPoint peer && IPAddress.IsLoopback(peer.Address));
        var descriptors = isUnix ? context.Features.Get<IReceivedDescriptors>() : null;
        var features = (options.OffersNamed && isLocal && NamedRegion.IsSupported ? WireFeatures.NamedMemory : WireFeatures.None)
            | (options.OffersSealed && descriptors is not null && SealedRegion.IsSupported ? WireFeatures.SealedMemory : WireFeatures.None)
            | (options.OffersCuda && isLocal && hasCuda ? WireFeatures.CudaMemory : WireFeatures.None);
        return new SharedMemoryOffer(features, isUnix ? FindUser(context) : null, descriptors);
    }

    private static uint? FindUser(ConnectionContext context)
    {
        // Process, user, group.
        Span<int> credentials = stackalloc int[3];
        return OperatingSystem.IsLinux() && context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
            && socket.GetRawSocketOption(SocketLevel, PeerCredentials, MemoryMarshal.AsBytes(credentials)) == MemoryMarshal.AsBytes(credentials).Length
            ? (uint)credentials[1]
            : null;
    }
}
