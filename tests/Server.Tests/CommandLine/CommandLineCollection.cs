namespace Camshaft.Server.Tests.CommandLine;

/// <summary>Tests that read or write the process's environment run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class CommandLineCollection
{
    public const string Name = "environment";
}
