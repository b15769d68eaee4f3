using System.Collections.Concurrent;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// The tags by which requests are counted, and the values of each that have come so far: a bounded number, whatever clients
/// send. Any thread, without locks for values that are known; lives as long as the engine.
/// </summary>
public sealed class TagTable
{
    /// <summary>How many tags there may be.</summary>
    public const int MostTags = 4;

    /// <summary>How many values of a tag there may be, besides those that are counted together.</summary>
    public const int MostValues = 1000;

    /// <summary>A longer value is counted with the others.</summary>
    public const int LongestValue = 64;

    /// <summary>The value under which those are counted that came when there were enough.</summary>
    public const string Other = "other";

    private readonly Tag[] _tags;

    /// <summary>Makes an empty table.</summary>
    /// <param name="names">The tags.</param>
    /// <param name="valueLimit">How many values of each are told apart.</param>
    /// <exception cref="ArgumentException">There are too many, or a name is empty.</exception>
    public TagTable(IReadOnlyList<string> names, int valueLimit)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(names.Count, MostTags);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(valueLimit, MostValues);
        ArgumentOutOfRangeException.ThrowIfLessThan(valueLimit, 1);
        _tags = [.. names.Select(name => new Tag(name, valueLimit))];
        ValueLimit = valueLimit;
    }

    /// <summary>The tags' names.</summary>
    public IReadOnlyList<string> Names => [.. _tags.Select(static tag => tag.Name)];

    /// <summary>How many there are.</summary>
    public int Count => _tags.Length;

    /// <summary>How many values of each are told apart.</summary>
    public int ValueLimit { get; }

    /// <summary>Finds a tag, in any case; -1 when requests are not counted by it.</summary>
    public int Find(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < _tags.Length; i++)
        {
            if (name.Equals(_tags[i].Name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The number of a value, 1 or more, under which it is counted; 0 when it is counted with others. Takes memory for a value that is new.</summary>
    internal int GetValue(int tag, ReadOnlySpan<char> value) => _tags[tag].GetValue(value);

    /// <summary>The value of a number.</summary>
    internal string GetText(int tag, int value) => value == 0 ? Other : _tags[tag].Texts[value];

    private sealed class Tag
    {
        private readonly ConcurrentDictionary<string, int> _values = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _byText;
        private readonly Lock _gate = new();
        private int _count;

        public Tag(string name, int valueLimit)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
            Name = name;
            Texts = new string[valueLimit + 1];
            _byText = _values.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public string Name { get; }

        public string[] Texts { get; }

        public int GetValue(ReadOnlySpan<char> text) =>
            text.Length > LongestValue || text.SequenceEqual(Other) ? 0
            : _byText.TryGetValue(text, out var value) ? value
            : Volatile.Read(ref _count) == Texts.Length - 1 ? 0
            : Add(text.ToString());

        private int Add(string text)
        {
            lock (_gate)
            {
                if (_values.TryGetValue(text, out var value) || _count == Texts.Length - 1)
                {
                    return value;
                }

                // The text first: who finds the value may ask for it.
                Texts[_count + 1] = text;
                _values[text] = _count + 1;
                return ++_count;
            }
        }
    }
}
