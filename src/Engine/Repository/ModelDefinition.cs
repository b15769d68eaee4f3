using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Repository;

/// <summary>What the repository holds for one model, as it was when it was read.</summary>
public sealed record ModelDefinition
{
    /// <summary>The model's name, which is its directory's.</summary>
    public required string Name { get; init; }

    /// <summary>The absolute path of its directory.</summary>
    public required string Directory { get; init; }

    /// <summary>What its <c>model.yaml</c> says; the default without one.</summary>
    public ModelConfiguration Configuration { get; init; } = ModelConfiguration.Default;

    /// <summary>Every version on disk, ascending; the version policy has not been applied.</summary>
    public IReadOnlyList<VersionDirectory> Versions { get; init; } = [];

    /// <summary>Why the model cannot be served; null when it can be tried.</summary>
    public string? Error { get; init; }

    /// <summary>What the repository's owner should know although the model can be tried.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
