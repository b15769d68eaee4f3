using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Camshaft.Server.Startup;

/// <summary>
/// Linux: a filter on a listening socket that drops the first packet of new connections and nothing else. A client whose
/// packet is dropped sends it again a second later and is then refused by a closed port, which it may try again safely;
/// without the filter a connection that was taken just before the socket closes is reset together with its request.
/// Source: socket(7), SO_ATTACH_FILTER; tcp(7), TCP_INFO.
/// </summary>
internal static class HandshakeFilter
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const int TcpLevel = 6;
    private const int TcpInformation = 11;

    // struct tcp_info, tcpi_unacked: for a listening socket, the length of its queue of connections to accept.
    private const int WaitingOffset = 24;
    private const int InformationByteSize = 104;

    // Of the TCP header's flags, byte 13: SYN without ACK opens a connection.
    private const int FlagsOffset = 13;
    private const int SynAndAck = 0x12;
    private const int Syn = 0x02;

    // Pinned, since the system reads it by its address.
    private static readonly Instruction[] Instructions = CreateInstructions();

    /// <summary>Puts the filter on a socket.</summary>
    /// <returns>Whether the system took it.</returns>
    public static bool TryAttach(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
        {
            return false;
        }

        // struct sock_fprog: the count, and after padding the address.
        Span<byte> program = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(program, Instructions.Length);
        BinaryPrimitives.WriteInt64LittleEndian(program[sizeof(long)..], Marshal.UnsafeAddrOfPinnedArrayElement(Instructions, 0));
        try
        {
            socket.SetRawSocketOption(SocketLevel, AttachFilter, program);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>How many connections wait to be accepted.</summary>
    public static int CountWaiting(Socket socket)
    {
        Span<byte> information = stackalloc byte[InformationByteSize];
        try
        {
            socket.GetRawSocketOption(TcpLevel, TcpInformation, information);
            return BinaryPrimitives.ReadInt32LittleEndian(information[WaitingOffset..]);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is closed already: nothing waits there any more.
            return 0;
        }
    }

    private static Instruction[] CreateInstructions()
    {
        var instructions = GC.AllocateArray<Instruction>(5, pinned: true);
        instructions[0] = new(code: 0x30, ifTrue: 0, ifFalse: 0, operand: FlagsOffset); // load the byte
        instructions[1] = new(code: 0x54, ifTrue: 0, ifFalse: 0, operand: SynAndAck); // and
        instructions[2] = new(code: 0x15, ifTrue: 0, ifFalse: 1, operand: Syn); // equal?
        instructions[3] = new(code: 0x06, ifTrue: 0, ifFalse: 0, operand: 0); // drop
        instructions[4] = new(code: 0x06, ifTrue: 0, ifFalse: 0, operand: uint.MaxValue); // keep it whole
        return instructions;
    }

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, byte ifTrue, byte ifFalse, uint operand)
    {
        public readonly ushort Code = code;
        public readonly byte IfTrue = ifTrue;
        public readonly byte IfFalse = ifFalse;
        public readonly uint Operand = operand;
    }
}
