using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Engine.Routing;

/// <summary>A rule as the table has it: whom it takes, and where it sends them. Immutable but for the numbers that it draws; any thread.</summary>
public sealed class RouteRule
{
    private readonly RouteTarget[] _targets;
    private readonly TargetChoice _choice;

    internal RouteRule(string name, string source, RuleMatcher matcher, IReadOnlyList<(RouteTarget Target, double Weight)> targets, IReadOnlyList<RouteShadow> shadows, IReadOnlyList<RouteTarget> fallbacks, ulong seed)
    {
        Name = name;
        Source = source;
        Matcher = matcher;
        Targets = targets;
        Shadows = shadows;
        Fallbacks = fallbacks;
        _targets = [.. targets.Select(static entry => entry.Target)];
        _choice = new TargetChoice([.. targets.Select(static entry => entry.Weight)], seed);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The file that states it.</summary>
    public string Source { get; }

    /// <summary>Where it sends requests, and in which proportion.</summary>
    public IReadOnlyList<(RouteTarget Target, double Weight)> Targets { get; }

    /// <summary>Where copies go.</summary>
    public IReadOnlyList<RouteShadow> Shadows { get; }

    /// <summary>Where requests go in turn that the target cannot take or fails at.</summary>
    public IReadOnlyList<RouteTarget> Fallbacks { get; }

    /// <summary>Which requests it takes.</summary>
    public RuleCondition Condition => Matcher.Condition;

    internal RuleMatcher Matcher { get; }

    /// <summary>The rule as messages name it.</summary>
    public override string ToString() => $"rule '{Name}' of {Source}";

    /// <summary>Chooses where the next request goes.</summary>
    internal RouteTarget Choose() => _targets[_choice.Draw()];
}
