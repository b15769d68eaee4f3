namespace Camshaft.Transport.Binary.Tests.SharedMemory;

/// <summary>The tests that share one server with shared memory, one after the other, so that each can see that it left nothing behind.</summary>
[CollectionDefinition(Name)]
public sealed class SharedMemoryCollection : ICollectionFixture<SharedMemoryServer>
{
    public const string Name = "shared memory";
}
