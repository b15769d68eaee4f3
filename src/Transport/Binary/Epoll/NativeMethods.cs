using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>
/// What Linux offers for sockets and .NET does not. Numbers are those of <c>sys/epoll.h</c>, <c>sys/socket.h</c> and
/// <c>errno.h</c>, the same on every architecture that .NET runs on. A handle is held open for the time of each call.
/// </summary>
internal static unsafe partial class NativeMethods
{
    public const int CloseOnExecute = 0x80000; // EPOLL_CLOEXEC, EFD_CLOEXEC
    public const int NonBlocking = 0x800; // EFD_NONBLOCK

    public const int Add = 1; // EPOLL_CTL_ADD
    public const int Delete = 2; // EPOLL_CTL_DEL
    public const int Modify = 3; // EPOLL_CTL_MOD

    public const int DoNotWait = 0x40; // MSG_DONTWAIT
    public const int NoSignal = 0x4000; // MSG_NOSIGNAL
    public const int CloseReceivedOnExecute = 0x40000000; // MSG_CMSG_CLOEXEC
    public const int ControlIsCut = 0x8; // MSG_CTRUNC

    public const int Interrupted = 4; // EINTR
    public const int WouldBlock = 11; // EAGAIN

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial SafeFileHandle CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlEpoll(SafeHandle epoll, int operation, SafeHandle descriptor, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitForEvents(SafeHandle epoll, byte* events, int capacity, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial SafeFileHandle CreateEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeHandle descriptor, byte* bytes, nuint byteSize);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeHandle descriptor, byte* bytes, nuint byteSize);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeHandle socket, byte* bytes, nuint byteSize, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(SafeHandle socket, MessageHeader* message, int flags);

    /// <summary><c>struct iovec</c>.</summary>
    public struct IoVector
    {
        public byte* Bytes;
        public nuint ByteSize;
    }

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameByteSize;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlByteSize;
        public int Flags;
    }
}
