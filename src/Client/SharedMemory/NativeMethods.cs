using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Client.SharedMemory;

/// <summary>What Linux offers for shared memory and .NET does not, with the numbers of its headers. Stateless.</summary>
internal static unsafe partial class NativeMethods
{
    public const uint CloseOnExecute = 1; // MFD_CLOEXEC
    public const uint AllowSealing = 2; // MFD_ALLOW_SEALING

    public const int AddSeals = 1033; // F_ADD_SEALS
    public const int SealShrink = 2; // F_SEAL_SHRINK
    public const int SealGrow = 4; // F_SEAL_GROW

    public const int SocketLevel = 1; // SOL_SOCKET
    public const int Rights = 1; // SCM_RIGHTS
    public const int DoNotWait = 0x40; // MSG_DONTWAIT
    public const int NoSignal = 0x4000; // MSG_NOSIGNAL

    public const int Interrupted = 4; // EINTR
    public const int WouldBlock = 11; // EAGAIN

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle CreateMemory(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SafeHandle descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(SafeHandle socket, MessageHeader* message, int flags);

    /// <summary><c>struct iovec</c>.</summary>
    public struct IoVector
    {
        public byte* Bytes;
        public nuint ByteSize;
    }

    /// <summary><c>struct msghdr</c>.</summary>
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameByteSize;
        public IoVector* Vectors;
        public nuint VectorCount;
        public ControlMessage* Control;
        public nuint ControlByteSize;
        public int Flags;
    }

    /// <summary><c>struct cmsghdr</c> with one descriptor.</summary>
    public struct ControlMessage
    {
        public nuint ByteSize;
        public int Level;
        public int Type;
        public int Descriptor;
    }
}
