using Camshaft.Backends;

namespace Camshaft.Engine.Routing;

/// <summary>The way of one request: where it goes, and by which rule. A value of the request's own; a reload of the rules does not touch it.</summary>
public struct Route
{
    private readonly RouteTarget? _first;
    private int _nextFallback;

    /// <summary>Makes the way of a request that names its model.</summary>
    public Route(string modelName, long version)
    {
        ModelName = modelName;
        Version = version;
    }

    internal Route(RouteTarget target, RouteRule? rule)
        : this(target.ModelName, target.Version)
    {
        _first = target;
        Rule = rule;
    }

    /// <summary>The model that it goes to.</summary>
    public string ModelName { get; private set; }

    /// <summary>The version, or -1 for the highest that is ready.</summary>
    public long Version { get; private set; }

    /// <summary>The rule; null = it names what it wants.</summary>
    public RouteRule? Rule { get; }

    /// <summary>Goes on to the next fallback, each once, where an end is one that another model may do better: it failed, or has too much to do.</summary>
    /// <param name="code">How the request ended where it is, before its answer began.</param>
    /// <returns>Whether there is one; then the way leads there.</returns>
    public bool TryFallBack(StatusCode code)
    {
        if (Rule is null || code is not (StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.Internal))
        {
            return false;
        }

        while (_nextFallback < Rule.Fallbacks.Count)
        {
            var next = Rule.Fallbacks[_nextFallback++];
            if (next != _first)
            {
                (ModelName, Version) = (next.ModelName, next.Version);
                return true;
            }
        }

        return false;
    }

    /// <summary>Where it goes, as files and calls name it.</summary>
    public override readonly string ToString() => new RouteTarget(ModelName, Version).ToString();
}
