using System.Net.Sockets;
using Camshaft.Testing;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Camshaft.Transport.Binary.Tests.SharedMemory;

/// <summary>A server of our own loops, which receive descriptors, on a Unix socket besides.</summary>
public sealed class SharedMemoryServer : BinaryTestServer
{
    private readonly TempDirectory _directory = new();

    public const int RegionLimit = 4;

    public const long RegionByteSizeLimit = 16 << 20;

    public const int ServerRegionLimit = 6;

    public override bool UsesEpoll => true;

    protected override BinaryTransportOptions Options => base.Options with
    {
        SharedMemory = new SharedMemoryOptions { RegionLimit = RegionLimit, RegionByteSizeLimit = RegionByteSizeLimit, ServerRegionLimit = ServerRegionLimit },
    };

    private string SocketPath => Path.Combine(_directory.FullPath, "socket");

    /// <summary>A connection over the Unix socket, with features in force.</summary>
    internal async Task<FrameConnection> ConnectUnixAsync(WireFeatures features = WireFeatures.All)
    {
        var connection = await FrameConnection.OpenAsync(new UnixDomainSocketEndPoint(SocketPath));
        await connection.GreetAsync(features: features);
        return connection;
    }

    /// <summary>A connection over TCP, with features in force.</summary>
    internal async Task<FrameConnection> ConnectTcpAsync(WireFeatures features = WireFeatures.All)
    {
        var connection = await OpenAsync();
        await connection.GreetAsync(features: features);
        return connection;
    }

    protected override void Listen(KestrelServerOptions kestrel)
    {
        base.Listen(kestrel);
        kestrel.ListenUnixSocket(SocketPath, Serve);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }
}
