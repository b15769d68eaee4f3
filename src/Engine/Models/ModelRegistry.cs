using System.Collections.Concurrent;
using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Models;

/// <summary>The models that the server knows, by name. Any thread.</summary>
public sealed class ModelRegistry
{
    /// <summary>Stands for the highest version that is ready.</summary>
    public const long HighestReady = -1;

    private readonly ConcurrentDictionary<string, ModelEntry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ModelEntry>.AlternateLookup<ReadOnlySpan<char>> _byName;

    internal ModelRegistry() => _byName = _entries.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Rents a request to a model. It keeps its version loaded until it is disposed.</summary>
    /// <param name="modelName">The model's name.</param>
    /// <param name="version">The version's number, or <see cref="HighestReady"/>.</param>
    /// <param name="request">The request, the caller's to dispose; null without success.</param>
    /// <returns>Success; <see cref="StatusCode.NotFound"/> or <see cref="StatusCode.Unavailable"/> with the reason.</returns>
    public InferenceStatus TryCreateRequest(ReadOnlySpan<char> modelName, long version, out InferenceRequest? request)
    {
        request = null;
        if (!_byName.TryGetValue(modelName, out var entry))
        {
            return UnknownModel(modelName);
        }

        // A version that stops being ready between the look and the lease sends us to look once more; its successor is
        // visible before it closes.
        for (var attempt = 0; attempt < 2 && request is null; attempt++)
        {
            request = (version < 0 ? entry.HighestReady : entry.Find(version))?.TryCreateRequest();
        }

        return request is not null ? InferenceStatus.Ok : NotReady(entry, version);
    }

    /// <summary>Finds a version for its metadata, ready or not.</summary>
    /// <param name="modelName">The model's name.</param>
    /// <param name="version">The version's number, or <see cref="HighestReady"/>: then the highest that is ready, else the highest.</param>
    /// <param name="modelVersion">The version; null without success.</param>
    public InferenceStatus TryGetVersion(ReadOnlySpan<char> modelName, long version, out ModelVersion? modelVersion)
    {
        modelVersion = null;
        if (!_byName.TryGetValue(modelName, out var entry))
        {
            return UnknownModel(modelName);
        }

        modelVersion = version < 0 ? entry.HighestReady ?? (entry.Versions is [.., var highest] ? highest : null) : entry.Find(version);
        return modelVersion is not null ? InferenceStatus.Ok : NotReady(entry, version);
    }

    /// <summary>Whether there is a model of a name, ready or not.</summary>
    public bool Knows(ReadOnlySpan<char> modelName) => _byName.ContainsKey(modelName);

    /// <summary>Counts a request that could not be made since the version is not ready, for its model's figures.</summary>
    public void CountUntaken(ReadOnlySpan<char> modelName, long version)
    {
        if (TryGetVersion(modelName, version, out var found).IsOk)
        {
            found!.Recorder.CountUntaken();
        }
    }

    /// <summary>Every model, by name.</summary>
    public IReadOnlyList<ModelEntry> List() => [.. _entries.Values.OrderBy(static entry => entry.Name, StringComparer.Ordinal)];

    /// <summary>The version that a request would have loaded: on standby, or one that failed when a request had it loaded. Null when there is none.</summary>
    internal ModelVersion? FindOnDemand(string modelName, long version) =>
        TryGetVersion(modelName, version, out var found).IsOk && found!.IsOnDemand ? found : null;

    /// <summary>Whether a version is known to take requests, at once or after a load.</summary>
    internal bool TakesRequests(string modelName, long version) =>
        TryGetVersion(modelName, version, out var found).IsOk && found!.State is ModelState.Ready or ModelState.Standby;

    /// <summary>Whether a version takes requests at this moment, at once or after a load; a version that is being replaced counts as its successor.</summary>
    internal bool MayTakeRequests(string modelName, long version)
    {
        if (!_entries.TryGetValue(modelName, out var entry))
        {
            return false;
        }

        while (true)
        {
            var versions = entry.Versions;
            var found = version < 0 ? entry.HighestReady : entry.Find(version);
            if (found is not null && (found.State == ModelState.Ready || found.IsOnDemand))
            {
                return true;
            }

            // What was found may have been replaced, and retired, before its state was looked at.
            if (ReferenceEquals(versions, entry.Versions))
            {
                return false;
            }
        }
    }

    internal ModelEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>Says why no version of a model is ready.</summary>
    internal InferenceStatus DescribeNotReady(string name) => NotReady(_entries[name], HighestReady);

    internal ModelEntry GetOrAdd(string name) => _entries.GetOrAdd(name, static key => new ModelEntry(key));

    private static InferenceStatus UnknownModel(ReadOnlySpan<char> name) => new(StatusCode.NotFound, $"Model '{name}' is not known to this server.");

    private static InferenceStatus NotReady(ModelEntry entry, long version)
    {
        if (version >= 0)
        {
            return entry.Find(version) is { } found
                ? new(StatusCode.Unavailable, $"{found} is not ready: {Describe(found)}.")
                : new(StatusCode.NotFound, $"Model '{entry.Name}' has no version {version}; {ListVersions(entry)}.");
        }

        var reasons = string.Join("; ", entry.Versions.Select(static known => $"version {known.Number}: {Describe(known)}"));
        return new(StatusCode.Unavailable, $"Model '{entry.Name}' has no version that is ready: {(reasons.Length > 0 ? reasons : entry.Reason ?? "none is loaded")}.");
    }

    private static string Describe(ModelVersion version) => version.Reason?.TrimEnd('.') ?? version.State.ToString().ToLowerInvariant();

    private static string ListVersions(ModelEntry entry) => entry.Versions.Count == 0
        ? "it has none"
        : "known: " + string.Join(", ", entry.Versions.Select(static version => version.Number.ToString(CultureInfo.InvariantCulture)));
}
