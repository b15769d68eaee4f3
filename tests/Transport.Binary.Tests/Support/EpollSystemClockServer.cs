namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>A server with the system's clock and our own loops.</summary>
public sealed class EpollSystemClockServer : SystemClockServer
{
    public override bool UsesEpoll => true;
}
