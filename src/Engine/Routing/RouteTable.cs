using System.Diagnostics.CodeAnalysis;

namespace Camshaft.Engine.Routing;

/// <summary>
/// All rules and aliases that hold at a moment, in the order in which they count. Immutable: a reload makes a new one, and requests that have their
/// way already keep it. Any thread.
/// </summary>
public sealed class RouteTable
{
    /// <summary>The most UTF-16 units of a tag's value that a rule can name.</summary>
    public const int LongestTag = 256;

    /// <summary>The most rules of a server.</summary>
    public const int MostRules = 1024;

    private readonly RouteRule[] _rules;
    private readonly RuleSet _withoutAlias;
    private readonly Dictionary<string, RuleSet> _byAlias = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RuleSet>.AlternateLookup<ReadOnlySpan<char>> _rulesOfAlias;
    private readonly Dictionary<string, RouteAlias>.AlternateLookup<ReadOnlySpan<char>> _aliases;
    private readonly ContentTypeIndex _contentTypes;
    private readonly ValueIndex[] _headers;
    private readonly ValueIndex[] _tags;

    internal RouteTable(IReadOnlyList<RouteRule> rules, IReadOnlyList<RouteAlias> aliases)
    {
        _rules = [.. rules];
        _withoutAlias = new RuleSet(_rules.Length);
        for (var i = 0; i < _rules.Length; i++)
        {
            AddToEntrance(i, _rules[i].Matcher.Condition.Alias);
        }

        _contentTypes = new ContentTypeIndex([.. _rules.Select(static rule => rule.Matcher.Condition.ContentType)]);
        _headers = CreateIndexes(static rule => rule.Matcher.Condition.Headers, StringComparer.OrdinalIgnoreCase);
        _tags = CreateIndexes(static rule => rule.Matcher.Condition.Tags, StringComparer.Ordinal);
        _rulesOfAlias = _byAlias.GetAlternateLookup<ReadOnlySpan<char>>();
        Aliases = [.. aliases.OrderBy(static alias => alias.Name, StringComparer.Ordinal)];
        _aliases = Aliases.ToDictionary(static alias => alias.Name, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The rules, those first that are asked first.</summary>
    public IReadOnlyList<RouteRule> Rules => _rules;

    /// <summary>The aliases, by name.</summary>
    public IReadOnlyList<RouteAlias> Aliases { get; }

    /// <summary>The media types that rules want, for messages.</summary>
    public IEnumerable<string> ContentTypes =>
        _rules.Select(static rule => rule.Matcher.Condition.ContentType).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase);

    internal static RouteTable Empty { get; } = new([], []);

    /// <summary>Whether a rule wants a media type by name or by its kind.</summary>
    public bool WantsContentType(ReadOnlySpan<char> type) => _contentTypes.Knows(type);

    /// <summary>Finds an alias by its name.</summary>
    public bool TryGetAlias(ReadOnlySpan<char> name, [NotNullWhen(true)] out RouteAlias? alias) => _aliases.TryGetValue(name, out alias);

    /// <summary>Whether a name is an alias, of its own or through rules that are for it.</summary>
    public bool KnowsAlias(ReadOnlySpan<char> name) => _aliases.TryGetValue(name, out _) || _rulesOfAlias.TryGetValue(name, out _);

    /// <summary>Finds a request's way: the first rule that takes it, else what its alias stands for.</summary>
    /// <returns><see langword="false"/>: no rule takes it, and it asks for no alias that stands for something.</returns>
    public bool TryRoute<TRequest>(scoped in TRequest request, out Route route)
        where TRequest : IRouteRequest, allows ref struct
    {
        if (FindRule(request) is { } rule)
        {
            route = new Route(rule.Choose(), rule);
            return true;
        }

        route = !request.Alias.IsEmpty && _aliases.TryGetValue(request.Alias, out var alias) ? new Route(alias.Target, rule: null) : default;
        return route.ModelName is not null;
    }

    /// <summary>Says what becomes of a request, and why. Takes its time: not for every request.</summary>
    public RouteExplanation Explain<TRequest>(scoped in TRequest request)
        where TRequest : IRouteRequest, allows ref struct
    {
        var outcomes = new List<RuleOutcome>();
        foreach (var rule in _rules)
        {
            outcomes.Add(new RuleOutcome(rule, rule.Matcher.FindFault(request)));
            if (outcomes[^1].Fault is null)
            {
                break;
            }
        }

        _aliases.TryGetValue(request.Alias, out var alias);
        return new RouteExplanation(outcomes, outcomes is [.., { Fault: null } last] ? last.Rule : null, alias);
    }

    /// <summary>Finds the first rule that takes a request; null when none does.</summary>
    internal RouteRule? FindRule<TRequest>(scoped in TRequest request)
        where TRequest : IRouteRequest, allows ref struct
    {
        var entrance = _withoutAlias;
        if (_rules.Length == 0 || (!request.Alias.IsEmpty && !_rulesOfAlias.TryGetValue(request.Alias, out entrance)))
        {
            return null;
        }

        Span<ulong> room = stackalloc ulong[MostRules / 64];
        var candidates = room[..RuleSet.CountWords(_rules.Length)];
        entrance.Words.CopyTo(candidates);
        _contentTypes.Find(request.ContentType).Narrow(candidates);
        NarrowByHeaders(request, candidates);
        NarrowByTags(request, candidates);
        for (int place; (place = RuleSet.TakeFirst(candidates)) >= 0;)
        {
            if (HasInputs(_rules[place], request))
            {
                return _rules[place];
            }
        }

        return null;
    }

    private void NarrowByHeaders<TRequest>(scoped in TRequest request, Span<ulong> candidates)
        where TRequest : IRouteRequest, allows ref struct
    {
        foreach (var header in _headers)
        {
            if (header.Interested.Overlaps(candidates))
            {
                (request.TryGetHeader(header.Name, out var value) ? header.Find(value) : header.WhenAbsent).Narrow(candidates);
            }
        }
    }

    private void NarrowByTags<TRequest>(scoped in TRequest request, Span<ulong> candidates)
        where TRequest : IRouteRequest, allows ref struct
    {
        if (_tags.Length == 0)
        {
            return;
        }

        Span<char> value = stackalloc char[LongestTag];
        foreach (var tag in _tags)
        {
            if (tag.Interested.Overlaps(candidates))
            {
                (request.TryGetTag(tag.Tag, value, out var length) ? tag.Find(value[..length]) : tag.WhenAbsent).Narrow(candidates);
            }
        }
    }

    private static bool HasInputs<TRequest>(RouteRule rule, scoped in TRequest request)
        where TRequest : IRouteRequest, allows ref struct
    {
        var inputs = rule.Matcher.Inputs;
        for (var i = 0; i < inputs.Count; i++)
        {
            if (!inputs[i].Matches(request))
            {
                return false;
            }
        }

        return true;
    }

    private void AddToEntrance(int rule, string? alias)
    {
        if (alias is null)
        {
            _withoutAlias.Add(rule);
            return;
        }

        if (!_byAlias.TryGetValue(alias, out var rules))
        {
            _byAlias.Add(alias, rules = new RuleSet(_rules.Length));
        }

        rules.Add(rule);
    }

    private ValueIndex[] CreateIndexes(Func<RouteRule, IReadOnlyDictionary<string, string>> getConditions, StringComparer comparer) =>
        [.. _rules.SelectMany(rule => getConditions(rule).Keys).Distinct(comparer)
            .Select(name => new ValueIndex(name, [.. _rules.Select(rule => getConditions(rule).FirstOrDefault(entry => comparer.Equals(entry.Key, name)).Value)]))];
}
