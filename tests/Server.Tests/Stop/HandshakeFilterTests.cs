using System.Net;
using System.Net.Sockets;
using Camshaft.Server.Startup;

namespace Camshaft.Server.Tests.Stop;

public sealed class HandshakeFilterTests
{
    [Fact]
    public async Task Connections_that_were_taken_stay_and_new_ones_are_refused_when_the_socket_closes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux alone has such filters.");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var early = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await early.ConnectAsync(listener.LocalEndPoint!);

        Assert.True(HandshakeFilter.TryAttach(listener));
        Assert.Equal(1, HandshakeFilter.CountWaiting(listener));
        using var late = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var connecting = late.ConnectAsync(listener.LocalEndPoint!);
        using var accepted = await listener.AcceptAsync();
        Assert.Equal(0, HandshakeFilter.CountWaiting(listener));
        listener.Dispose();

        Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<SocketException>(() => connecting)).SocketErrorCode);
        await early.SendAsync(new byte[] { 42 });
        var received = new byte[1];
        Assert.Equal(1, await accepted.ReceiveAsync(received));
        Assert.Equal(42, received[0]);
    }

    [Fact]
    public void A_closed_socket_is_no_error()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Dispose();

        Assert.False(HandshakeFilter.TryAttach(socket));
    }
}
