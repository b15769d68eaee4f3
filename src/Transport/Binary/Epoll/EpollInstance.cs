using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>
/// One epoll descriptor, and one more by which other threads wake the one that waits. Events come on the edge: each once,
/// when something changes. One thread waits; any thread adds and removes. Lives as long as its loop.
/// </summary>
internal sealed unsafe class EpollInstance : IDisposable
{
    /// <summary>There is something to read, or a read will tell what happened.</summary>
    public const uint Readable = 0x1; // EPOLLIN

    /// <summary>There is room to write.</summary>
    public const uint Writable = 0x4; // EPOLLOUT

    /// <summary>The other side is gone, or sends no more: EPOLLERR, EPOLLHUP, EPOLLRDHUP.</summary>
    public const uint HungUp = 0x8 | 0x10 | 0x2000;

    private const uint PeerHungUp = 0x2000; // EPOLLRDHUP; the other two are always told
    private const uint OnEdge = 1u << 31; // EPOLLET
    private const ulong WakeToken = ulong.MaxValue;
    private const int Capacity = 256;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int TokenOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventByteSize = TokenOffset + sizeof(ulong);

    private readonly SafeFileHandle _epoll;
    private readonly SafeFileHandle _wake;
    private readonly byte[] _events = GC.AllocateArray<byte>(Capacity * EventByteSize, pinned: true);

    /// <exception cref="Win32Exception">The system gives none.</exception>
    public EpollInstance()
    {
        _epoll = NativeMethods.CreateEpoll(NativeMethods.CloseOnExecute);
        ThrowIf(_epoll.IsInvalid, "epoll_create1");
        _wake = NativeMethods.CreateEvent(0, NativeMethods.CloseOnExecute | NativeMethods.NonBlocking);
        ThrowIf(_wake.IsInvalid, "eventfd");
        Control(NativeMethods.Add, _wake, Readable | OnEdge, WakeToken);
    }

    /// <summary>Begins to watch a socket for something to read.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="token">Comes with its events.</param>
    /// <exception cref="Win32Exception">The system watches no more.</exception>
    public void Add(SafeHandle socket, ulong token) => Control(NativeMethods.Add, socket, Readable | PeerHungUp | OnEdge, token);

    /// <summary>Says whether a socket is also watched for room to write; if so, and there is some, an event comes.</summary>
    public void Watch(SafeHandle socket, ulong token, bool forRoom) =>
        Control(NativeMethods.Modify, socket, Readable | PeerHungUp | OnEdge | (forRoom ? Writable : 0), token);

    /// <summary>Watches a socket no more.</summary>
    public void Remove(SafeHandle socket) => Control(NativeMethods.Delete, socket, 0, 0);

    /// <summary>Lets <see cref="Wait"/> return. Any thread.</summary>
    public void Wake()
    {
        // It fails when so many wakes are pending that the count is full: then it is awake.
        ulong one = 1;
        _ = NativeMethods.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Waits for events.</summary>
    /// <param name="mayBlock">Whether to wait for some where there are none.</param>
    /// <returns>How many there are, to be read by <see cref="TryGet"/>.</returns>
    /// <exception cref="Win32Exception">The system failed.</exception>
    public int Wait(bool mayBlock)
    {
        fixed (byte* events = _events)
        {
            var count = NativeMethods.WaitForEvents(_epoll, events, Capacity, mayBlock ? -1 : 0);
            if (count >= 0)
            {
                return count;
            }

            ThrowIf(Marshal.GetLastPInvokeError() != NativeMethods.Interrupted, "epoll_wait");
            return 0;
        }
    }

    /// <summary>Reads one of the events that came last.</summary>
    /// <returns><see langword="false"/> when it was a wake.</returns>
    public bool TryGet(int index, out ulong token, out uint events)
    {
        var bytes = _events.AsSpan(index * EventByteSize, EventByteSize);
        events = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        token = BinaryPrimitives.ReadUInt64LittleEndian(bytes[TokenOffset..]);
        if (token != WakeToken)
        {
            return true;
        }

        ulong count;
        _ = NativeMethods.Read(_wake, (byte*)&count, sizeof(ulong));
        return false;
    }

    public void Dispose()
    {
        _wake.Dispose();
        _epoll.Dispose();
    }

    private void Control(int operation, SafeHandle descriptor, uint events, ulong token)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, events);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[TokenOffset..], token);
        fixed (byte* epollEvent = bytes)
        {
            ThrowIf(NativeMethods.ControlEpoll(_epoll, operation, descriptor, epollEvent) != 0, "epoll_ctl");
        }
    }

    private static void ThrowIf(bool failed, string call)
    {
        if (failed)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new Win32Exception(error, $"{call}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }
}
