namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>Tests that share the browser, one after another: a processor that draws for two would time for neither.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Browser>
{
    public const string Name = "Browser";
}
