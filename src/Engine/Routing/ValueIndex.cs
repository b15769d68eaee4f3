using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Engine.Routing;

/// <summary>
/// For one header or tag, by value which rules take a request that has it: those that name the value, those that want it to
/// be there, and those to whom it is all the same. Immutable once the table is built.
/// </summary>
internal sealed class ValueIndex
{
    private readonly Dictionary<string, RuleSet> _byValue = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RuleSet>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly RuleSet _whenAbsent;
    private readonly RuleSet _whenOther;

    /// <summary>Sorts the rules.</summary>
    /// <param name="name">The header or tag.</param>
    /// <param name="rules">Of each rule what it wants of it; null = nothing.</param>
    public ValueIndex(string name, IReadOnlyList<string?> rules)
    {
        Name = name;
        Tag = new TagName(name);
        Interested = new RuleSet(rules.Count);
        _whenAbsent = new RuleSet(rules.Count);
        _whenOther = new RuleSet(rules.Count);
        for (var i = 0; i < rules.Count; i++)
        {
            Add(i, rules[i], rules.Count);
        }

        foreach (var set in _byValue.Values)
        {
            set.AddAll(_whenOther);
        }

        _lookup = _byValue.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string Name { get; }

    public TagName Tag { get; }

    /// <summary>The rules to whom it is not all the same: while none of them is a candidate there is no need to look.</summary>
    public RuleSet Interested { get; }

    /// <summary>The rules that take a request without it.</summary>
    public RuleSet WhenAbsent => _whenAbsent;

    /// <summary>The rules that take a request with a value.</summary>
    public RuleSet Find(ReadOnlySpan<char> value) => _lookup.TryGetValue(value, out var rules) ? rules : _whenOther;

    private void Add(int rule, string? value, int ruleCount)
    {
        if (value is null)
        {
            _whenAbsent.Add(rule);
            _whenOther.Add(rule);
            return;
        }

        Interested.Add(rule);
        if (value == RuleCondition.Any)
        {
            _whenOther.Add(rule);
            return;
        }

        if (!_byValue.TryGetValue(value, out var rules))
        {
            _byValue.Add(value, rules = new RuleSet(ruleCount));
        }

        rules.Add(rule);
    }
}
