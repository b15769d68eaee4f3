using System.Net;
using System.Net.Sockets;

namespace Camshaft.BinaryBenchmark.Echo;

/// <summary>What the binary transport is measured against: servers that send back what they receive, on a port and a Unix socket. Run until they are ended.</summary>
internal static class EchoPeer
{
    private const int BufferByteSize = 1 << 20;

    /// <summary>Serves both addresses.</summary>
    /// <param name="port">The port on the loopback address; the next one answers readiness over HTTP.</param>
    /// <param name="path">The Unix socket's path.</param>
    /// <param name="blocks">Whether each connection has a thread that blocks, or its waits are asynchronous.</param>
    public static async Task RunAsync(int port, string path, bool blocks)
    {
        await Task.WhenAny(
            AcceptAsync(new IPEndPoint(IPAddress.Loopback, port), blocks),
            AcceptAsync(new UnixDomainSocketEndPoint(path), blocks)).Unwrap().ConfigureAwait(false);
    }

    private static async Task AcceptAsync(EndPoint endPoint, bool blocks)
    {
        using var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(endPoint);
        listener.Listen(1024);
        while (true)
        {
            var socket = await listener.AcceptAsync().ConfigureAwait(false);
            if (endPoint is IPEndPoint)
            {
                socket.NoDelay = true;
            }

            if (blocks)
            {
                new Thread(() => Echo(socket)) { IsBackground = true }.Start();
            }
            else
            {
                _ = EchoAsync(socket);
            }
        }
    }

    private static void Echo(Socket socket)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(BufferByteSize, pinned: true);
        try
        {
            for (int received; (received = socket.Receive(buffer)) > 0;)
            {
                for (var sent = 0; sent < received;)
                {
                    sent += socket.Send(buffer.AsSpan(sent, received - sent));
                }
            }
        }
        catch (SocketException)
        {
            // The client has gone.
        }

        socket.Dispose();
    }

    private static async Task EchoAsync(Socket socket)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(BufferByteSize, pinned: true);
        try
        {
            for (int received; (received = await socket.ReceiveAsync(buffer.AsMemory()).ConfigureAwait(false)) > 0;)
            {
                for (var sent = 0; sent < received;)
                {
                    sent += await socket.SendAsync(buffer.AsMemory(sent, received - sent)).ConfigureAwait(false);
                }
            }
        }
        catch (SocketException)
        {
            // The client has gone.
        }

        socket.Dispose();
    }
}
