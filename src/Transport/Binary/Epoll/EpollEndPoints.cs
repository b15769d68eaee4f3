using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>The addresses whose sockets are to be served by loops of our own. Filled while Kestrel is set up; any thread.</summary>
internal sealed class EpollEndPoints
{
    private readonly ConcurrentBag<EndPoint> _endPoints = [];

    public void Add(EndPoint endPoint) => _endPoints.Add(endPoint);

    /// <summary>Whether an address that Kestrel listens on is one of them, or made of one: localhost becomes two of the same port.</summary>
    public bool Contains(EndPoint endPoint) => _endPoints.Any(known => IsSame(known, endPoint));

    // Several may ask for any free port, and mean different ones.
    private static bool IsSame(EndPoint known, EndPoint endPoint) => ReferenceEquals(known, endPoint) || (known, endPoint) switch
    {
        (IPEndPoint one, IPEndPoint other) => one.Port == other.Port && other.Port != 0,
        (UnixDomainSocketEndPoint one, UnixDomainSocketEndPoint other) => one.Equals(other),
        _ => false,
    };
}
