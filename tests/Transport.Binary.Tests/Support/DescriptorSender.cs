using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>Sends bytes with file descriptors beside them over a Unix socket, as <c>sendmsg</c> does.</summary>
internal static unsafe partial class DescriptorSender
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Rights = 1; // SCM_RIGHTS
    private const int HeadByteSize = 16;

    public static void Send(Socket socket, ReadOnlySpan<byte> data, params ReadOnlySpan<int> descriptors)
    {
        var control = new byte[HeadByteSize + ((descriptors.Length * sizeof(int) + 7) & ~7)];
        MemoryMarshal.Write(control, (long)(HeadByteSize + (descriptors.Length * sizeof(int))));
        MemoryMarshal.Write(control.AsSpan(8), SocketLevel);
        MemoryMarshal.Write(control.AsSpan(12), Rights);
        MemoryMarshal.AsBytes(descriptors).CopyTo(control.AsSpan(HeadByteSize));
        fixed (byte* bytes = data, controls = control)
        {
            var vector = stackalloc nint[] { (nint)bytes, data.Length };
            var message = new Message { Vectors = vector, VectorCount = 1, Control = controls, ControlByteSize = control.Length };
            Assert.Equal(data.Length, SendMessage(socket.SafeHandle, &message, 0));
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeHandle socket, Message* message, int flags);

    private struct Message
    {
        public nint Name;
        public long NameByteSize;
        public nint* Vectors;
        public nint VectorCount;
        public byte* Control;
        public nint ControlByteSize;
        public long Flags;
    }
}
