using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Camshaft.Transport.Wire;

namespace Camshaft.BinaryBenchmark.Load;

/// <summary>
/// One connection of a load: a blocking socket and requests that were made before, so that the load side costs the same, and
/// next to nothing, whoever answers. Answers all have the same length. One thread; ends when it is disposed.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _request;
    private readonly byte[] _answers;
    private readonly byte[] _batch;
    private readonly bool _hasIds;

    private RawConnection(Socket socket, byte[] request, int answerByteSize, int depth, bool hasIds)
    {
        _socket = socket;
        _request = request;
        _answers = GC.AllocateUninitializedArray<byte>(answerByteSize * depth, pinned: true);
        _batch = GC.AllocateUninitializedArray<byte>(request.Length * depth, pinned: true);
        _hasIds = hasIds;
        AnswerByteSize = answerByteSize;
        Depth = depth;
    }

    public int AnswerByteSize { get; }

    public int Depth { get; }

    /// <summary>A connection to an echo, which is sent what a Camshaft server would be.</summary>
    public static RawConnection OpenEcho(EndPoint endPoint, byte[] request, int depth) => new(Connect(endPoint), (byte[])request.Clone(), request.Length, depth, hasIds: true);

    /// <summary>A connection to a Camshaft server, greeted, with the model open.</summary>
    /// <param name="endPoint">The server.</param>
    /// <param name="model">A model with one input and one output.</param>
    /// <param name="request">The infer, whose handle is filled in.</param>
    /// <param name="depth">How many requests are under way at once.</param>
    public static RawConnection OpenBinary(EndPoint endPoint, string model, byte[] request, int depth)
    {
        var socket = Greet(endPoint);
        Send(socket, RequestFrames.Open(model));
        var opened = ReceiveFrame(socket, FrameKind.Opened);
        OpenedHead.TryRead(opened, out var head);
        var own = (byte[])request.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(own.AsSpan(32), head.Handle);
        BinaryPrimitives.WriteUInt64LittleEndian(own.AsSpan(RequestFrames.IdOffset), 1);

        // How long an answer is, the first one tells.
        Send(socket, own);
        var result = ReceiveFrame(socket, FrameKind.Result);
        return new RawConnection(socket, own, result.Length, depth, hasIds: true);
    }

    /// <summary>A connection to the HTTP port; one request at a time.</summary>
    public static RawConnection OpenHttp(EndPoint endPoint, byte[] request)
    {
        var socket = Connect(endPoint);
        Send(socket, request);
        var answer = new byte[4 << 20];
        var length = 0;
        int expected;
        do
        {
            length += socket.Receive(answer.AsSpan(length)) is > 0 and var received ? received : throw new EndOfStreamException();
        }
        while (!HttpAnswer.TryMeasure(answer.AsSpan(0, length), out expected) || length < expected);

        return new RawConnection(socket, request, expected, 1, hasIds: false);
    }

    /// <summary>A connection that has exchanged hellos.</summary>
    public static Socket Greet(EndPoint endPoint)
    {
        var socket = Connect(endPoint);
        Send(socket, RequestFrames.Hello());
        ReceiveFrame(socket, FrameKind.Hello);
        return socket;
    }

    /// <summary>Sends one request and receives its answer.</summary>
    public void Ask()
    {
        Send(_socket, _request);
        for (var received = 0; received < AnswerByteSize;)
        {
            received += Receive(_answers.AsSpan(received, AnswerByteSize - received));
        }
    }

    /// <summary>Sends the first requests, as many as are to be under way.</summary>
    public void Begin()
    {
        for (var id = 1; id <= Depth; id++)
        {
            Put(id - 1, (ulong)id);
        }

        Send(_socket, _batch);
    }

    /// <summary>Receives what has come of answers, at least one, and sends as many requests with the ids that are free again.</summary>
    /// <param name="rest">How many bytes of an answer have come before and have not been counted.</param>
    /// <param name="isLast">Whether to send no more.</param>
    /// <returns>How many answers came.</returns>
    public int Turn(ref int rest, bool isLast)
    {
        do
        {
            rest += Receive(_answers.AsSpan(rest));
        }
        while (rest < AnswerByteSize);

        var count = rest / AnswerByteSize;
        for (var i = 0; i < count && !isLast; i++)
        {
            Put(i, BinaryPrimitives.ReadUInt64LittleEndian(_answers.AsSpan((i * AnswerByteSize) + RequestFrames.IdOffset)));
        }

        if (!isLast)
        {
            Send(_socket, _batch.AsSpan(0, count * _request.Length));
        }

        var counted = count * AnswerByteSize;
        _answers.AsSpan(counted, rest - counted).CopyTo(_answers);
        rest -= counted;
        return count;
    }

    /// <summary>Sends a request under an id. Beside <see cref="ReceiveIds"/> on another thread.</summary>
    public void SendAs(ulong id)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_request.AsSpan(RequestFrames.IdOffset), id);
        Send(_socket, _request);
    }

    /// <summary>Receives what has come of answers, at least one.</summary>
    /// <param name="rest">How many bytes of an answer have come before and have not been counted.</param>
    /// <param name="ids">Where their ids go; room for <see cref="Depth"/>.</param>
    /// <returns>How many answers came.</returns>
    public int ReceiveIds(ref int rest, Span<ulong> ids)
    {
        do
        {
            rest += Receive(_answers.AsSpan(rest));
        }
        while (rest < AnswerByteSize);

        var count = rest / AnswerByteSize;
        for (var i = 0; i < count; i++)
        {
            ids[i] = BinaryPrimitives.ReadUInt64LittleEndian(_answers.AsSpan((i * AnswerByteSize) + RequestFrames.IdOffset));
        }

        var counted = count * AnswerByteSize;
        _answers.AsSpan(counted, rest - counted).CopyTo(_answers);
        rest -= counted;
        return count;
    }

    public void Dispose() => _socket.Dispose();

    private void Put(int place, ulong id)
    {
        var request = _batch.AsSpan(place * _request.Length, _request.Length);
        _request.CopyTo(request);
        if (_hasIds)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(request[RequestFrames.IdOffset..], id);
        }
    }

    private int Receive(Span<byte> room) => _socket.Receive(room) is > 0 and var received ? received : throw new EndOfStreamException("The server has closed the connection.");

    private static Socket Connect(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        if (endPoint is IPEndPoint)
        {
            socket.NoDelay = true;
        }

        socket.Connect(endPoint);
        return socket;
    }

    private static byte[] ReceiveFrame(Socket socket, FrameKind kind)
    {
        var bytes = new byte[WireFormat.HeadByteSize];
        ReceiveAll(socket, bytes);
        FrameHead.TryRead(bytes, out var head);
        if (head.Kind != kind)
        {
            throw new InvalidOperationException($"Received {head.Kind}; expected {kind}.");
        }

        Array.Resize(ref bytes, (int)head.FrameByteSize);
        ReceiveAll(socket, bytes.AsSpan(WireFormat.HeadByteSize));
        return bytes;
    }

    private static void ReceiveAll(Socket socket, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[(socket.Receive(bytes) is > 0 and var received ? received : throw new EndOfStreamException())..];
        }
    }

    private static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }
}
