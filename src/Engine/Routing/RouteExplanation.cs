namespace Camshaft.Engine.Routing;

/// <summary>Why a request goes where it goes.</summary>
/// <param name="Outcomes">What each rule makes of it, in the order in which they are asked, up to the one that takes it.</param>
/// <param name="Rule">The rule that takes it; null when none does.</param>
/// <param name="Alias">The alias that it asks for; null when it asks for none that stands for something.</param>
public sealed record RouteExplanation(IReadOnlyList<RuleOutcome> Outcomes, RouteRule? Rule, RouteAlias? Alias)
{
    /// <summary>Where it goes: one of the rule's targets, or what the alias stands for; empty = nowhere.</summary>
    public IReadOnlyList<RouteTarget> Targets =>
        Rule is not null ? [.. Rule.Targets.Select(static entry => entry.Target)] : Alias is not null ? [Alias.Target] : [];
}
