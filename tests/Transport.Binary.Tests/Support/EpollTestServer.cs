namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>The same server with our own loops in place of Kestrel's sockets.</summary>
public sealed class EpollTestServer : BinaryTestServer
{
    public override bool UsesEpoll => true;
}
