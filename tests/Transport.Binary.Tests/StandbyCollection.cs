using Camshaft.Transport.Binary.Tests.Support;

namespace Camshaft.Transport.Binary.Tests;

/// <summary>The tests that share the server with too little memory for its models, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class StandbyCollection : ICollectionFixture<StandbyServer>
{
    public const string Name = "standby";
}
