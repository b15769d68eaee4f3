using Camshaft.Engine.Repository;
using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Engine.Routing;

/// <summary>What a table is made of: all that files and calls say at one moment.</summary>
internal sealed record RoutingSources
{
    /// <summary>The name of the file whose rules come first, for messages.</summary>
    public string FileName { get; init; } = "camshaft.json";

    /// <summary>What that file says.</summary>
    public RoutingConfiguration File { get; init; } = RoutingConfiguration.Empty;

    /// <summary>What the repository holds, with the routing sections of its models.</summary>
    public IReadOnlyList<ModelDefinition> Models { get; init; } = [];

    /// <summary>Aliases that calls have set; they come before those of files.</summary>
    public IReadOnlyDictionary<string, string> SetAliases { get; init; } = new Dictionary<string, string>();
}
