namespace Camshaft.Transport.Http.Tests.Routing;

/// <summary>Tests that share a server whose rules each of them changes: one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class RoutingServerCollection : ICollectionFixture<RoutingServer>
{
    public const string Name = "routing";
}
