using System.Globalization;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Routing;

/// <summary>Where a request can go: a model of the repository, and which version of it. Immutable.</summary>
/// <param name="ModelName">The model's name.</param>
/// <param name="Version">The version's number, or <see cref="ModelRegistry.HighestReady"/>.</param>
public sealed record RouteTarget(string ModelName, long Version)
{
    /// <summary>Stands between a model's name and a version or an alias of it.</summary>
    public const char Separator = '@';

    /// <summary>The target as files and calls name it.</summary>
    public override string ToString() =>
        Version < 0 ? ModelName : string.Create(CultureInfo.InvariantCulture, $"{ModelName}{Separator}{Version}");
}
