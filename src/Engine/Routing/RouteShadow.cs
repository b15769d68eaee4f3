namespace Camshaft.Engine.Routing;

/// <summary>Where copies of a rule's requests go. Any thread.</summary>
/// <param name="target">The model.</param>
/// <param name="percent">Of a hundred requests so many are copied; more than 0, at most 100.</param>
/// <param name="seed">What the choice of them begins with.</param>
public sealed class RouteShadow(RouteTarget target, double percent, ulong seed)
{
    private long _sent;
    private long _dropped;
    private readonly TargetChoice? _choice = percent < 100 ? new([percent, 100 - percent], seed) : null;

    /// <summary>The model.</summary>
    public RouteTarget Target => target;

    /// <summary>Of a hundred requests so many are copied.</summary>
    public double Percent => percent;

    /// <summary>How many copies have been run.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>How many copies were not run, since there was other work or the model could not take them.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    internal void CountSent() => Interlocked.Increment(ref _sent);

    internal void CountDropped() => Interlocked.Increment(ref _dropped);

    /// <summary>Whether the request at hand is one of them.</summary>
    internal bool Draw() => _choice is null || _choice.Draw() == 0;
}
