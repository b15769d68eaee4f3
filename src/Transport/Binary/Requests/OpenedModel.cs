using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Routing;

namespace Camshaft.Transport.Binary.Requests;

/// <summary>
/// What a client asked for when it opened: a model, an alias, or nothing but tags, by which rules find the model of each request. Immutable; any
/// thread.
/// </summary>
/// <param name="name">The model or alias; empty = rules find it.</param>
/// <param name="version">The version, or -1 for the highest that is ready.</param>
/// <param name="tags">The tags of the open.</param>
internal sealed class OpenedModel(string name, long version, IReadOnlyList<(byte[] Name, byte[] Value)> tags) : IRouteRequest
{
    public string Name => name;

    public ReadOnlySpan<char> Alias => name;

    public ReadOnlySpan<char> ContentType => [];

    public int InputCount => 0;

    /// <summary>Finds where a request goes now.</summary>
    /// <returns>Success; <see cref="StatusCode.NotFound"/> when no rule takes it; <see cref="StatusCode.InvalidArgument"/> for a version of an alias.</returns>
    public InferenceStatus FindRoute(InferenceEngine engine, out Route route)
    {
        var table = engine.Router.Table;
        if (name.Length > 0 && (engine.Models.Knows(name) || !table.KnowsAlias(name)))
        {
            route = new Route(name, version);
            return InferenceStatus.Ok;
        }

        if (version >= 0)
        {
            route = default;
            return new InferenceStatus(StatusCode.InvalidArgument, name.Length > 0
                ? $"Alias '{name}' is opened with version {version}; an alias stands for a version by itself."
                : $"Version {version} is opened of no model.");
        }

        return table.TryRoute(this, out route)
            ? InferenceStatus.Ok
            : new InferenceStatus(StatusCode.NotFound, name.Length > 0 ? $"Alias '{name}' stands for no model, and no rule takes the request." : "The open names no model, and no rule takes the request.");
    }

    public RouteInput GetInput(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public bool TryGetHeader(string name, out ReadOnlySpan<char> value)
    {
        value = [];
        return false;
    }

    public bool TryGetTag(TagName tag, scoped Span<char> value, out int length)
    {
        foreach (var (tagName, tagValue) in tags)
        {
            if (tagName.AsSpan().SequenceEqual(tag.Utf8))
            {
                length = TagName.CopyValue(tagValue, value);
                return true;
            }
        }

        length = 0;
        return false;
    }
}
