using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>
/// The socket of one connection, by calls that never wait. Each holds the descriptor open while it lasts, so the socket may be
/// disposed at any time. One thread receives and one sends at a time; ends with the connection.
/// </summary>
internal sealed unsafe class EpollSocket : IDisposable
{
    /// <summary>There is nothing to receive now, or no room to send.</summary>
    public const int WouldBlock = -1;

    /// <summary>The connection is broken.</summary>
    public const int Broken = -2;

    private const int Interrupted = -3;

    // A head, a tensor and what is between: what is more goes with the next call.
    private const int MostVectors = 16;

    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Rights = 1; // SCM_RIGHTS

    // struct cmsghdr: the length with itself, the level, the type; then the descriptors. What has no room here the system closes.
    private const int LevelOffset = 8;
    private const int TypeOffset = 12;
    private const int DescriptorsOffset = 16;
    private const int ControlByteSize = DescriptorsOffset + (16 * sizeof(int));

    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;

    /// <param name="socket">A connected socket, this one's from now on.</param>
    public EpollSocket(Socket socket)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        Descriptors = socket.AddressFamily == AddressFamily.Unix ? new ReceivedDescriptors() : null;
    }

    public SafeHandle Handle => _handle;

    /// <summary>What came beside the bytes; null where nothing can.</summary>
    public ReceivedDescriptors? Descriptors { get; }

    /// <summary>
    /// Whether the last receive may have left something: it filled its room, or brought descriptors, after which the system
    /// stops. Otherwise it has taken all that there was.
    /// </summary>
    public bool MayHaveMore { get; private set; }

    /// <summary>Receives what is there.</summary>
    /// <returns>How many bytes; 0 = the other side sends no more; <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public int Receive(Span<byte> room)
    {
        int result;
        MayHaveMore = false;
        fixed (byte* bytes = room)
        {
            do
            {
                result = ToResult(Descriptors is null
                    ? NativeMethods.Receive(_handle, bytes, (nuint)room.Length, NativeMethods.DoNotWait)
                    : ReceiveBoth(bytes, room.Length, Descriptors));
            }
            while (result == Interrupted);
        }

        MayHaveMore |= result == room.Length;
        return result;
    }

    /// <summary>Sends what there is room for.</summary>
    /// <returns>How many bytes; <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public int Send(UnsentBytes bytes)
    {
        var vectors = stackalloc NativeMethods.IoVector[MostVectors];
        var count = bytes.GetVectors(new Span<NativeMethods.IoVector>(vectors, MostVectors));
        var message = new NativeMethods.MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        int result;
        do
        {
            result = ToResult(NativeMethods.SendMessage(_handle, &message, NativeMethods.DoNotWait | NativeMethods.NoSignal));
        }
        while (result == Interrupted);

        return result;
    }

    /// <summary>Tells the other side that nothing more is sent. Any thread.</summary>
    public void EndSending() => Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection in both directions; who waits for it is told. Any thread.</summary>
    public void End() => Shutdown(SocketShutdown.Both);

    public void Dispose()
    {
        _socket.Dispose();
        Descriptors?.Dispose();
    }

    private void Shutdown(SocketShutdown how)
    {
        try
        {
            _socket.Shutdown(how);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    private static int ToResult(nint returned)
    {
        if (returned >= 0)
        {
            return (int)returned;
        }

        return Marshal.GetLastPInvokeError() switch
        {
            NativeMethods.WouldBlock => WouldBlock,
            NativeMethods.Interrupted => Interrupted,
            _ => Broken,
        };
    }

    private nint ReceiveBoth(byte* bytes, int byteSize, ReceivedDescriptors descriptors)
    {
        var control = stackalloc byte[ControlByteSize];
        var vector = new NativeMethods.IoVector { Bytes = bytes, ByteSize = (nuint)byteSize };
        var message = new NativeMethods.MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlByteSize = ControlByteSize };
        var received = NativeMethods.ReceiveMessage(_handle, &message, NativeMethods.DoNotWait | NativeMethods.CloseReceivedOnExecute);
        if (received >= 0 && message.ControlByteSize > DescriptorsOffset)
        {
            MayHaveMore = true;
            Keep(new ReadOnlySpan<byte>(control, (int)message.ControlByteSize), descriptors);
            if ((message.Flags & NativeMethods.ControlIsCut) != 0)
            {
                descriptors.NoteLoss();
            }
        }

        return received;
    }

    // One header is all that can come: nothing else was asked for.
    private static void Keep(ReadOnlySpan<byte> control, ReceivedDescriptors descriptors)
    {
        if (MemoryMarshal.Read<int>(control[LevelOffset..]) != SocketLevel || MemoryMarshal.Read<int>(control[TypeOffset..]) != Rights)
        {
            return;
        }

        var end = (int)MemoryMarshal.Read<nuint>(control);
        foreach (var descriptor in MemoryMarshal.Cast<byte, int>(control[DescriptorsOffset..end]))
        {
            descriptors.Add(descriptor);
        }
    }
}
