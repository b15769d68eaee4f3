using Camshaft.Transport.Binary.Tests.Support;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>The tests that share one server whose sockets are served by our own loops, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class EpollCollection : ICollectionFixture<EpollTestServer>
{
    public const string Name = "server with epoll";
}
