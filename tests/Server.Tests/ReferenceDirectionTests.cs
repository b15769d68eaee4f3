using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Camshaft.Server.Tests;

/// <summary>Who may know whom: transports the engine, the engine the contract, and nobody the other way round.</summary>
public sealed class ReferenceDirectionTests
{
    [Theory]
    [InlineData("Camshaft.Backends")]
    [InlineData("Camshaft.Engine", "Camshaft.Backends")]
    [InlineData("Camshaft.Transport.Hosting", "Camshaft.Backends", "Camshaft.Engine")]
    [InlineData("Camshaft.Alerting", "Camshaft.Engine", "Camshaft.Transport.Hosting")]
    [InlineData("Camshaft.Transport.Http", "Camshaft.Backends", "Camshaft.Engine", "Camshaft.Transport.Hosting")]
    [InlineData("Camshaft.Transport.Metrics", "Camshaft.Backends", "Camshaft.Engine", "Camshaft.Transport.Hosting")]
    [InlineData("Camshaft.Transport.Wire", "Camshaft.Backends")]
    [InlineData("Camshaft.Transport.Binary", "Camshaft.Backends", "Camshaft.Engine", "Camshaft.Transport.Hosting", "Camshaft.Transport.Wire")]
    [InlineData("Camshaft.Console", "Camshaft.Backends", "Camshaft.Engine", "Camshaft.Transport.Hosting")]
    [InlineData("Camshaft.Client", "Camshaft.Backends", "Camshaft.Transport.Wire")]
    [InlineData("Camshaft.Load", "Camshaft.Backends", "Camshaft.Client", "Camshaft.Engine")]
    [InlineData("plugins/Sample/Sample", "Camshaft.Backends")]
    [InlineData("plugins/OnnxRuntime.Cpu/Camshaft.Backends.OnnxRuntime", "Camshaft.Backends")]
    [InlineData("plugins/OnnxRuntime.Cpu/OnnxRuntime.Cpu", "Camshaft.Backends", "Camshaft.Backends.OnnxRuntime")]
    public void An_assembly_knows_only_those_below_it(string assembly, params string[] allowed) =>
        Assert.Empty(ReadReferences(assembly).Where(static name => name.StartsWith("Camshaft", StringComparison.OrdinalIgnoreCase)).Except(allowed));

    [Fact]
    public void The_contract_knows_the_base_class_library_alone() =>
        Assert.All(ReadReferences("Camshaft.Backends"), static name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    private static List<string> ReadReferences(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
