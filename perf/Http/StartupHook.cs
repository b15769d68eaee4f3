using System.Buffers.Binary;
using System.Net.Sockets;

/// <summary>
/// Runs inside a measured server, put there by <c>DOTNET_STARTUP_HOOKS</c>, so that the server itself needs no door for
/// measurements: answers every connection to a Unix socket with the bytes that the process has allocated so far.
/// </summary>
internal static class StartupHook
{
    /// <summary>The environment variable that names the socket.</summary>
    public const string SocketVariable = "CAMSHAFT_ALLOCATION_SOCKET";

    /// <summary>Called by the runtime before the program's own first line.</summary>
    public static void Initialize()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Environment.GetEnvironmentVariable(SocketVariable)!));
        listener.Listen();
        new Thread(() => Answer(listener)) { IsBackground = true, Name = "allocation-probe" }.Start();
    }

    private static void Answer(Socket listener)
    {
        Span<byte> answer = stackalloc byte[sizeof(long)];
        while (true)
        {
            using var connection = listener.Accept();
            BinaryPrimitives.WriteInt64LittleEndian(answer, GC.GetTotalAllocatedBytes(precise: true));
            connection.Send(answer);
        }
    }
}
