using Camshaft.Transport.Binary.Tests.Support;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>The tests that look at the whole process, and so run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection : ICollectionFixture<SystemClockServer>, ICollectionFixture<EpollSystemClockServer>
{
    public const string Name = "alone";
}
