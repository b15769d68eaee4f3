using System.Net.Sockets;
using Camshaft.Testing;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Camshaft.Transport.Binary.Tests.SharedMemory;

/// <summary>A server on a Unix socket besides, whose connections get the descriptors that a test adds.</summary>
public sealed class SharedMemoryServer : BinaryTestServer
{
    private readonly TempDirectory _directory = new();

    public const int RegionLimit = 4;

    public const long RegionByteSizeLimit = 16 << 20;

    public const int ServerRegionLimit = 6;

    internal QueuedDescriptors Descriptors { get; } = new();

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
        kestrel.ListenUnixSocket(SocketPath, listen =>
        {
            listen.Use(next => context =>
            {
                context.Features.Set<IReceivedDescriptors>(Descriptors);
                return next(context);
            });
            listen.UseBinary();
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }
}
