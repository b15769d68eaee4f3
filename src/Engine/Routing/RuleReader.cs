using Camshaft.Backends;
using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Engine.Routing;

/// <summary>Checks a rule as a file states it, and makes the table's rule of it.</summary>
/// <param name="targets">Finds its targets.</param>
internal sealed class RuleReader(TargetResolver targets)
{
    private const int LongestName = 128;
    private const int MostTargets = 64;
    private const int MostShadows = 4;
    private const int MostFallbacks = 8;
    private const int MostConditions = 16;
    private const double LargestWeight = 1_000_000;

    /// <summary>Makes the rule.</summary>
    /// <param name="rule">What the file states.</param>
    /// <param name="source">The file.</param>
    /// <param name="seed">What its choices begin with.</param>
    /// <exception cref="RoutingException">It cannot be.</exception>
    public RouteRule Read(RuleConfiguration rule, string source, ulong seed)
    {
        var who = $"Rule '{rule.Name}' of {source}";
        Require(rule.Name.Length is > 0 and <= LongestName, $"A rule of {source} has a name of {rule.Name.Length} characters; expected 1 to {LongestName}.");
        Require(rule.Targets.Count is > 0 and <= MostTargets, $"{who} has {rule.Targets.Count} targets; expected 1 to {MostTargets}.");
        Require(rule.Shadows.Count <= MostShadows, $"{who} has {rule.Shadows.Count} shadows; at most {MostShadows} are taken.");
        Require(rule.Fallbacks.Count <= MostFallbacks, $"{who} has {rule.Fallbacks.Count} fallbacks; at most {MostFallbacks} are taken.");
        foreach (var target in rule.Targets)
        {
            Require(target.Weight is > 0 and <= LargestWeight, $"{who} has a target with the weight {target.Weight}; expected more than 0 and at most {LargestWeight}.");
        }

        foreach (var shadow in rule.Shadows)
        {
            Require(shadow.Percent is > 0 and <= 100, $"{who} has a shadow with {shadow.Percent} percent; expected more than 0 and at most 100.");
        }

        var fallbacks = rule.Fallbacks.Select(target => targets.Resolve(target, who)).ToList();
        Require(fallbacks.Distinct().Count() == fallbacks.Count, $"{who} loops: its fallbacks come to the same model twice.");
        return new RouteRule(
            rule.Name,
            source,
            ReadCondition(rule.When, who),
            [.. rule.Targets.Select(target => (targets.Resolve(target.Target, who), target.Weight))],
            [.. rule.Shadows.Select((shadow, index) => new RouteShadow(targets.Resolve(shadow.Target, who), shadow.Percent, seed + (ulong)index + 1))],
            fallbacks,
            seed);
    }

    private static RuleMatcher ReadCondition(RuleCondition condition, string who)
    {
        Require(condition.Headers.Count + condition.Tags.Count + condition.Inputs.Count <= MostConditions, $"{who} has more than {MostConditions} conditions.");
        Require(condition.ContentType is null || MediaType.IsWellFormed(condition.ContentType), $"{who} wants the content type '{condition.ContentType}'; expected one such as 'application/json' or 'image/*'.");
        foreach (var (name, value) in condition.Headers)
        {
            Require(MediaType.IsToken(name), $"{who} wants a header '{name}', which no header can be called.");
            CheckValue(value, $"header '{name}'", who);
        }

        foreach (var (name, value) in condition.Tags)
        {
            Require(name.Length is > 0 and <= LongestName, $"{who} wants a tag with a name of {name.Length} characters; expected 1 to {LongestName}.");
            CheckValue(value, $"tag '{name}'", who);
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in condition.Headers)
        {
            Require(headers.TryAdd(name, value), $"{who} wants the header '{name}' twice.");
        }

        return new RuleMatcher(condition with { Headers = headers }, [.. condition.Inputs.Select(input => ReadInput(input, who))]);
    }

    private static void CheckValue(string value, string what, string who) =>
        Require(value.Length is > 0 and <= RouteTable.LongestTag, $"{who} wants a {what} of {value.Length} characters; expected 1 to {RouteTable.LongestTag}.");

    private static InputMatcher ReadInput(InputCondition input, string who)
    {
        Require(input.Name is not null || input.Datatype is not null || input.Shape is not null, $"{who} wants an input of which it says nothing; expected a name, a datatype or a shape.");
        var dataType = DataType.Invalid;
        Require(
            input.Datatype is null || (DataTypes.TryParseConfigName(input.Datatype, out dataType) && dataType != DataType.Invalid),
            $"{who} wants an input of the datatype '{input.Datatype}'; expected one of {string.Join(", ", DataTypes.All.Select(static known => known.Name))}.");
        Require(
            input.Shape is null || (input.Shape.Count <= Shape.MaxRank && input.Shape.All(static length => length >= Shape.Variable)),
            $"{who} wants an input of a shape that none can have; expected at most {Shape.MaxRank} lengths, -1 where one may be anything.");
        return new InputMatcher(input.Name, dataType, input.Shape is null ? null : new Shape([.. input.Shape]));
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new RoutingException(message);
        }
    }
}
