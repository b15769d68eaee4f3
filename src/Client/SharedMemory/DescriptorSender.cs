using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Camshaft.Client.SharedMemory;

/// <summary>Sends bytes over a Unix socket with a descriptor beside the first of them. Stateless.</summary>
internal static class DescriptorSender
{
    // Until a server that is slow to read has made room; this happens once for each region.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Sends them, when nobody else sends on the socket.</summary>
    /// <exception cref="IOException">The server cannot be reached any more.</exception>
    public static async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, SafeHandle descriptor)
    {
        int sent;
        while ((sent = TrySend(socket, bytes.Span, descriptor)) == 0)
        {
            await Task.Delay(Pause).ConfigureAwait(false);
        }

        while (sent < bytes.Length)
        {
            sent += await socket.SendAsync(bytes[sent..]).ConfigureAwait(false);
        }
    }

    // The descriptor is held open for the time of the call, which copies it; everything else is on the stack.
    private static unsafe int TrySend(Socket socket, ReadOnlySpan<byte> bytes, SafeHandle descriptor)
    {
        var isHeld = false;
        try
        {
            descriptor.DangerousAddRef(ref isHeld);
            fixed (byte* first = bytes)
            {
                var vector = new NativeMethods.IoVector { Bytes = first, ByteSize = (nuint)bytes.Length };
                var control = new NativeMethods.ControlMessage { Level = NativeMethods.SocketLevel, Type = NativeMethods.Rights, Descriptor = (int)descriptor.DangerousGetHandle() };
                control.ByteSize = (nuint)((byte*)(&control.Descriptor + 1) - (byte*)&control);
                var message = new NativeMethods.MessageHeader { Vectors = &vector, VectorCount = 1, Control = &control, ControlByteSize = (nuint)sizeof(NativeMethods.ControlMessage) };
                var sent = NativeMethods.SendMessage(socket.SafeHandle, &message, NativeMethods.DoNotWait | NativeMethods.NoSignal);
                var error = Marshal.GetLastPInvokeError();
                return sent >= 0 ? (int)sent
                    : error is NativeMethods.Interrupted or NativeMethods.WouldBlock ? 0
                    : throw new IOException($"A descriptor could not be sent: {Marshal.GetPInvokeErrorMessage(error)}.");
            }
        }
        finally
        {
            if (isHeld)
            {
                descriptor.DangerousRelease();
            }
        }
    }
}
