using Camshaft.Backends;

namespace Camshaft.Engine.Routing;

/// <summary>The way of one request: where it goes, and by which rule. A value of the request's own; a reload of the rules does not touch it.</summary>
public struct Route
{
    private int _nextFallback;

    /// <summary>Makes a way that no rule states.</summary>
    public Route(RouteTarget target) => First = Target = target;

    internal Route(RouteTarget target, RouteRule rule)
        : this(target) => Rule = rule;

    /// <summary>Where the request goes.</summary>
    public RouteTarget Target { get; private set; }

    /// <summary>The rule; null = it named what it wants.</summary>
    public RouteRule? Rule { get; }

    private RouteTarget First { get; }

    /// <summary>Goes on to the next fallback, each once, where an end is one that another model may do better: it failed, or has too much to do.</summary>
    /// <param name="code">How the request ended at the present target, before its answer began.</param>
    /// <returns>Whether there is one; then <see cref="Target"/> is it.</returns>
    public bool TryFallBack(StatusCode code)
    {
        if (Rule is null || code is not (StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.Internal))
        {
            return false;
        }

        while (_nextFallback < Rule.Fallbacks.Count)
        {
            var next = Rule.Fallbacks[_nextFallback++];
            if (next != First)
            {
                Target = next;
                return true;
            }
        }

        return false;
    }
}
