using System.Net;
using System.Net.Sockets;
using Camshaft.Transport.Binary.Tests.Support;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>What the server takes from the managed heap for a request once it is warm: nothing.</summary>
public abstract class AllocationTests(BinaryTestServer server, ITestOutputHelper output)
{
    // The runtime and the engine's watches take memory now and then; what a request takes shows in every round, and rounds are short.
    private const int Rounds = 30;
    private const int WarmUpRequests = 3000;
    private const int Requests = 500;

    [Theory]
    [InlineData(256, 1)]
    [InlineData(256, 16)]
    [InlineData(600_000, 1)]
    [InlineData(600_000, 4)]
    public void A_warm_request_takes_no_managed_memory(int byteSize, int depth)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        // Connected without a wait: a socket that ever waited takes memory for each call that blocks.
        socket.Connect(IPAddress.Loopback, server.Port);
        var client = new BlockingClient(socket, "sample_identity", byteSize, depth);
        client.Run(byteSize > 1000 ? WarmUpRequests / 3 : WarmUpRequests);

        var least = long.MaxValue;
        var requests = byteSize > 1000 ? Requests / 2 : Requests;
        for (var round = 0; round < Rounds && least >= requests; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            client.Run(requests);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        output.WriteLine($"{byteSize} bytes, {depth} deep: {(double)least / requests:F2} bytes of managed memory a request.");

        // A byte a request is not a request's: the smallest object has 24.
        Assert.InRange(least, 0, requests - 1);
    }

    [Collection(AloneCollection.Name)]
    public sealed class OnKestrel(SystemClockServer server, ITestOutputHelper output) : AllocationTests(server, output);

    [Collection(AloneCollection.Name)]
    public sealed class OnEpoll(EpollSystemClockServer server, ITestOutputHelper output) : AllocationTests(server, output);
}
