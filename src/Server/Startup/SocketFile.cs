using System.Net.Sockets;
using Camshaft.Server.Configuration;

namespace Camshaft.Server.Startup;

/// <summary>Makes way for a Unix socket: a server that was killed leaves its file behind.</summary>
internal static class SocketFile
{
    /// <summary>Removes a socket at a path that nobody listens on any more.</summary>
    /// <exception cref="ConfigurationException">There is no such directory, or something else lies there.</exception>
    public static void Prepare(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new ConfigurationException($"The directory of the Unix socket '{path}' does not exist.");
        }

        if (!File.Exists(path) || IsListenedOn(path))
        {
            return;
        }

        // A socket has no bytes; what has some is somebody's file.
        if (new FileInfo(path).Length > 0)
        {
            throw new ConfigurationException($"'{path}' is no Unix socket; choose another path with --binary-socket.");
        }

        File.Delete(path);
    }

    private static bool IsListenedOn(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
