using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Models;

/// <summary>
/// A model by name, with its versions. Readers take the present snapshot; the controller alone writes, one change at a
/// time, so that a reader sees either the old versions or the new ones.
/// </summary>
public sealed class ModelEntry
{
    private volatile Snapshot _snapshot = new([], null);

    internal ModelEntry(string name) => Name = name;

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>The versions known, ascending.</summary>
    public IReadOnlyList<ModelVersion> Versions => _snapshot.Versions;

    /// <summary>Why the model as a whole cannot be served, such as an invalid configuration; null when it can.</summary>
    public string? Reason => _snapshot.Reason;

    /// <summary>The highest version that takes requests, at once or, where it is not in memory, after a load; null when none does.</summary>
    public ModelVersion? HighestReady
    {
        get
        {
            var versions = _snapshot.Versions;
            for (var i = versions.Length - 1; i >= 0; i--)
            {
                if (versions[i].State == ModelState.Ready || versions[i].IsOnDemand)
                {
                    return versions[i];
                }
            }

            return null;
        }
    }

    /// <summary>Finds a version by its number; null when there is none.</summary>
    public ModelVersion? Find(long number)
    {
        foreach (var version in _snapshot.Versions)
        {
            if (version.Number == number)
            {
                return version;
            }
        }

        return null;
    }

    /// <summary>What its <c>model.yaml</c> said when the repository was looked at last; versions have their own.</summary>
    public ModelConfiguration Configuration { get; internal set; } = ModelConfiguration.Default;

    internal void Set(IEnumerable<ModelVersion> versions, string? reason) =>
        _snapshot = new Snapshot([.. versions.OrderBy(static version => version.Number)], reason);

    private sealed record Snapshot(ModelVersion[] Versions, string? Reason);
}
