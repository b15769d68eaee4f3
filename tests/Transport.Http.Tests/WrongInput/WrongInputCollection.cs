using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

/// <summary>One server for the tests of wrong input, which run one after the other: each looks whether anything at all is held.</summary>
[CollectionDefinition(Name)]
public sealed class WrongInputCollection : ICollectionFixture<HttpServer>
{
    public const string Name = "Wrong input";
}
