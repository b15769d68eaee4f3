using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Engine.Routing;

/// <summary>A rule's condition, checked: which requests it takes, and how that compares with another rule's. Immutable.</summary>
/// <param name="condition">The condition as it was stated.</param>
/// <param name="inputs">Its conditions on inputs.</param>
internal sealed class RuleMatcher(RuleCondition condition, IReadOnlyList<InputMatcher> inputs)
{
    public RuleCondition Condition => condition;

    /// <summary>Its conditions on inputs, which the table compares last.</summary>
    public IReadOnlyList<InputMatcher> Inputs => inputs;

    /// <summary>How narrow it is: first how many conditions it has, then how many of them want one value and not a kind of values.</summary>
    public (int Conditions, int Exact) Specificity
    {
        get
        {
            var values = condition.Headers.Values.Concat(condition.Tags.Values).ToList();
            var conditions = values.Count + inputs.Count + (condition.ContentType is null ? 0 : 1);
            var kinds = values.Count(static value => value == RuleCondition.Any) + (condition.ContentType is { } type && MediaType.IsKind(type) ? 1 : 0);
            return (conditions, conditions - kinds);
        }
    }

    /// <summary>Whether it takes every request that the other takes.</summary>
    public bool Covers(RuleMatcher other) =>
        condition.Alias == other.Condition.Alias
        && (condition.ContentType is not { } type || (other.Condition.ContentType is { } narrow && MediaType.Covers(type, narrow)))
        && Covers(condition.Headers, other.Condition.Headers)
        && Covers(condition.Tags, other.Condition.Tags)
        && inputs.All(input => other.Inputs.Any(input.Covers));

    /// <summary>Whether there can be a request that both take.</summary>
    public bool Overlaps(RuleMatcher other) =>
        condition.Alias == other.Condition.Alias
        && (condition.ContentType is not { } mine || other.Condition.ContentType is not { } theirs || MediaType.Covers(mine, theirs) || MediaType.Covers(theirs, mine))
        && !Exclude(condition.Headers, other.Condition.Headers)
        && !Exclude(condition.Tags, other.Condition.Tags)
        && !inputs.Any(input => other.Inputs.Any(input.Excludes));

    /// <summary>Says which part of the condition a request does not meet; null when it meets them all.</summary>
    public string? FindFault<TRequest>(scoped in TRequest request)
        where TRequest : IRouteRequest, allows ref struct
    {
        if (!request.Alias.SequenceEqual(condition.Alias))
        {
            return condition.Alias is { } alias
                ? $"it asks for {(request.Alias.IsEmpty ? "no alias" : $"the alias '{request.Alias}'")}; expected '{alias}'"
                : $"it asks for the alias '{request.Alias}'; expected none";
        }

        if (condition.ContentType is { } type && !MediaType.Covers(type, request.ContentType.ToString()))
        {
            return $"its content type is {(request.ContentType.IsEmpty ? "not stated" : $"'{request.ContentType}'")}; expected '{type}'";
        }

        return FindFaultyHeader(request) ?? FindFaultyTag(request) ?? FindFaultyInput(request);
    }

    private string? FindFaultyHeader<TRequest>(scoped in TRequest request)
        where TRequest : IRouteRequest, allows ref struct
    {
        foreach (var (name, expected) in condition.Headers)
        {
            if (!request.TryGetHeader(name, out var value))
            {
                return $"it has no header '{name}'";
            }

            if (expected != RuleCondition.Any && !value.SequenceEqual(expected))
            {
                return $"its header '{name}' is '{value}'; expected '{expected}'";
            }
        }

        return null;
    }

    private string? FindFaultyTag<TRequest>(scoped in TRequest request)
        where TRequest : IRouteRequest, allows ref struct
    {
        Span<char> text = stackalloc char[RouteTable.LongestTag];
        foreach (var (name, expected) in condition.Tags)
        {
            if (!request.TryGetTag(new TagName(name), text, out var length))
            {
                return $"it has no tag '{name}'";
            }

            var value = text[..length];
            if (expected != RuleCondition.Any && !value.SequenceEqual(expected))
            {
                return $"its tag '{name}' is '{value}'; expected '{expected}'";
            }
        }

        return null;
    }

    private string? FindFaultyInput<TRequest>(scoped in TRequest request)
        where TRequest : IRouteRequest, allows ref struct
    {
        foreach (var input in inputs)
        {
            if (!input.Matches(request))
            {
                return $"it does not state {input}";
            }
        }

        return null;
    }

    private static bool Covers(IReadOnlyDictionary<string, string> wide, IReadOnlyDictionary<string, string> narrow) =>
        wide.All(entry => narrow.TryGetValue(entry.Key, out var value) && (entry.Value == RuleCondition.Any || entry.Value == value));

    private static bool Exclude(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Any(entry => right.TryGetValue(entry.Key, out var value) && value != entry.Value && value != RuleCondition.Any && entry.Value != RuleCondition.Any);
}
