namespace Camshaft.Engine.Routing;

/// <summary>What a rule makes of a request.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Fault">Which part of its condition the request does not meet; null = it meets them all.</param>
public sealed record RuleOutcome(RouteRule Rule, string? Fault);
