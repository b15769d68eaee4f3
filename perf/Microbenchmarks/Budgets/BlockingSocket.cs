using System.Net.Sockets;

namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>Whole pieces of bytes over a blocking socket, which takes nothing from the managed heap for one. One thread.</summary>
internal sealed class BlockingSocket(Socket socket) : IDisposable
{
    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    public void Receive(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var received = socket.Receive(bytes);
            bytes = received > 0 ? bytes[received..] : throw new EndOfStreamException();
        }
    }

    public void Dispose() => socket.Dispose();
}
