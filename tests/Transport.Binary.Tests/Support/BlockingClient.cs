using System.Buffers.Binary;
using System.Net.Sockets;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>A client that keeps some requests in flight on a blocking socket and takes nothing from the managed heap for one.</summary>
internal sealed class BlockingClient
{
    private const int IdOffset = 16;

    private readonly Socket _socket;
    private readonly byte[] _request;
    private readonly byte[] _result;
    private readonly int _depth;
    private ulong _id = 10;

    /// <summary>Greets and opens the model, whose one input and output is a vector of bytes.</summary>
    public BlockingClient(Socket socket, string model, int byteSize, int depth)
    {
        _socket = socket;
        _depth = depth;
        Send(Frames.Hello().Write());
        Skip();
        Send(Frames.Open(1, model).Write());
        Span<byte> head = stackalloc byte[WireFormat.HeadByteSize];
        Receive(head);
        FrameHead.TryRead(head, out var frame);
        Assert.Equal(FrameKind.Opened, frame.Kind);
        OpenedHead.TryRead(head, out var opened);
        Receive(new byte[frame.BodyByteSize]);
        _request = Frames.Infer(_id, opened.Handle, new byte[byteSize]).Write();

        // The same tensors come back: the result is as long.
        _result = new byte[_request.Length];
    }

    /// <summary>Sends so many requests and receives their results.</summary>
    public void Run(int requests)
    {
        var sent = 0;
        for (; sent < Math.Min(_depth, requests); sent++)
        {
            SendRequest();
        }

        for (var received = 0; received < requests; received++)
        {
            Receive(_result);
            if (FrameHead.TryRead(_result, out var frame) != WireFault.None || frame.Kind != FrameKind.Result)
            {
                throw new InvalidOperationException($"Received {frame.Kind}.");
            }

            if (sent < requests)
            {
                SendRequest();
                sent++;
            }
        }
    }

    private void SendRequest()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_request.AsSpan(IdOffset), _id++);
        Send(_request);
    }

    private void Skip()
    {
        Span<byte> head = stackalloc byte[WireFormat.HeadByteSize];
        Receive(head);
        FrameHead.TryRead(head, out var frame);
        Receive(new byte[frame.BodyByteSize]);
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    private void Receive(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var received = _socket.Receive(bytes);
            bytes = received > 0 ? bytes[received..] : throw new EndOfStreamException();
        }
    }
}
