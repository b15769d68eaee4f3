using Camshaft.Transport.Binary.Tests.Support;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>The tests that share one server, one after the other, so that each can see that it left nothing behind.</summary>
[CollectionDefinition(Name)]
public sealed class ServerCollection : ICollectionFixture<BinaryTestServer>
{
    public const string Name = "server";
}
