namespace Camshaft.Engine.Routing;

/// <summary>By media type which rules take a body of it. Case does not matter. Immutable once the table is built.</summary>
internal sealed class ContentTypeIndex
{
    private readonly Dictionary<string, RuleSet> _byType = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RuleSet> _byKind = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RuleSet>.AlternateLookup<ReadOnlySpan<char>> _types;
    private readonly Dictionary<string, RuleSet>.AlternateLookup<ReadOnlySpan<char>> _kinds;
    private readonly RuleSet _others;

    /// <summary>Sorts the rules.</summary>
    /// <param name="rules">Of each rule the media type that it wants; null = any.</param>
    public ContentTypeIndex(IReadOnlyList<string?> rules)
    {
        _others = new RuleSet(rules.Count);
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i] is { } type)
            {
                Add(MediaType.IsKind(type) ? _byKind : _byType, MediaType.IsKind(type) ? MediaType.GetKind(type).ToString() : type, i, rules.Count);
            }
            else
            {
                _others.Add(i);
            }
        }

        foreach (var set in _byKind.Values)
        {
            set.AddAll(_others);
        }

        foreach (var (type, set) in _byType)
        {
            set.AddAll(_byKind.GetValueOrDefault(MediaType.GetKind(type).ToString(), _others));
        }

        _types = _byType.GetAlternateLookup<ReadOnlySpan<char>>();
        _kinds = _byKind.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The rules that take a body.</summary>
    /// <param name="type">Its media type without parameters; empty = it states none.</param>
    public RuleSet Find(ReadOnlySpan<char> type) =>
        _types.TryGetValue(type, out var rules) || _kinds.TryGetValue(MediaType.GetKind(type), out rules) ? rules : _others;

    /// <summary>Whether a rule wants the media type.</summary>
    public bool Knows(ReadOnlySpan<char> type) => _types.ContainsKey(type) || _kinds.ContainsKey(MediaType.GetKind(type));

    private static void Add(Dictionary<string, RuleSet> sets, string key, int rule, int ruleCount)
    {
        if (!sets.TryGetValue(key, out var set))
        {
            sets.Add(key, set = new RuleSet(ruleCount));
        }

        set.Add(rule);
    }
}
