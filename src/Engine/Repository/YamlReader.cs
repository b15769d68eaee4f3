using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Camshaft.Engine.Repository;

/// <summary>
/// Reads one YAML document from front to back, as its caller's schema wants it: what the schema does not expect is an error
/// at once, with its place. So nothing is built that the schema has no room for, and depth is bounded by the schema's.
/// </summary>
/// <remarks>Anchors and aliases are refused; they add nothing to files of this size, and a few lines of them can stand for terabytes.</remarks>
internal sealed class YamlReader
{
    private const int MaxMessageLength = 500;

    // "s" comes after those that end with it too.
    private static readonly (string Unit, long Ticks)[] DurationUnits =
    [
        ("us", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    private readonly Parser _parser;
    private Mark _place = Mark.Empty;

    /// <summary>Takes the document's text.</summary>
    public YamlReader(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>Whether the next value is a scalar, not a list or mapping.</summary>
    public bool IsAtScalar => _parser.Current is Scalar;

    /// <summary>Reads the document.</summary>
    /// <param name="readRoot">Reads its root; not called when the document is empty.</param>
    /// <exception cref="ConfigurationFormatException">It is no YAML, or not what was expected.</exception>
    public void ReadDocument(Action readRoot)
    {
        try
        {
            Advance<StreamStart>("the start of the file");
            if (_parser.MoveNext() && _parser.Current is StreamEnd)
            {
                return;
            }

            Advance<DocumentStart>("a document");
            if (_parser.Current is Scalar { Value.Length: 0, Style: ScalarStyle.Plain })
            {
                _parser.MoveNext();
            }
            else
            {
                readRoot();
            }

            Advance<DocumentEnd>("the end of the document");
            if (_parser.Current is not StreamEnd)
            {
                throw Fail("one document is expected, here a second one begins", _parser.Current!.Start);
            }
        }
        catch (YamlException exception)
        {
            throw Fail(exception.Message, exception.Start);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // The parser throws these too for some broken texts, such as a tag that is no URI.
            throw Fail($"this is no valid YAML: {exception.Message}");
        }
    }

    /// <summary>Reads a mapping whose keys are known.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="members">By key, what reads the value.</param>
    public void ReadMembers(string what, IReadOnlyDictionary<string, Action> members) => ReadEntries(what, key =>
    {
        if (!members.TryGetValue(key, out var read))
        {
            throw Fail($"unknown key '{key}' in {what}; accepted are {string.Join(", ", members.Keys)}");
        }

        read();
    });

    /// <summary>Reads a mapping of any keys.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="readValue">Reads the value of a key; the place is still the key's when it begins.</param>
    public void ReadEntries(string what, Action<string> readValue)
    {
        Advance<MappingStart>($"{what} is a mapping ('key: value' lines)");
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (_parser.Current is not MappingEnd)
        {
            var key = Advance<Scalar>($"a key in {what} is plain text").Value;
            if (!keys.Add(key))
            {
                throw Fail($"the key '{key}' is in {what} twice");
            }

            readValue(key);
        }

        Advance<MappingEnd>(what);
    }

    /// <summary>Reads a list.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="maxCount">How many items it may have.</param>
    /// <param name="readItem">Reads one item.</param>
    public List<T> ReadList<T>(string what, int maxCount, Func<T> readItem)
    {
        Advance<SequenceStart>($"{what} is a list");
        var items = new List<T>();
        while (_parser.Current is not SequenceEnd)
        {
            items.Add(readItem());
            if (items.Count > maxCount)
            {
                throw Fail($"{what} has at most {maxCount} items");
            }
        }

        Advance<SequenceEnd>(what);
        return items;
    }

    /// <summary>Reads text, or a number or truth value as it is written.</summary>
    /// <param name="what">What it is, for messages.</param>
    public string ReadText(string what)
    {
        var scalar = Advance<Scalar>($"{what} is a single value");
        return scalar.Value.Length > 0 || scalar.Style != ScalarStyle.Plain ? scalar.Value : throw Fail($"{what} has no value");
    }

    /// <summary>Reads a length of time: a number with its unit, such as <c>500us</c>, <c>2ms</c> or <c>1.5s</c>.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="minimum">The shortest accepted, as the file would have it.</param>
    /// <param name="maximum">The longest accepted, likewise.</param>
    public TimeSpan ReadDuration(string what, string minimum, string maximum)
    {
        var scalar = Advance<Scalar>($"{what} is a length of time");
        return TryParseDuration(scalar.Value, out var duration)
            && TryParseDuration(minimum, out var shortest) && duration >= shortest
            && TryParseDuration(maximum, out var longest) && duration <= longest
                ? duration
                : throw Fail($"{what} is {Show(scalar)}; expected a number with us, ms, s, m, h or d, from {minimum} to {maximum}");
    }

    /// <summary>Reads a number, which may have a fraction.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="minimum">The smallest accepted.</param>
    /// <param name="maximum">The greatest accepted.</param>
    public double ReadNumber(string what, decimal minimum, decimal maximum)
    {
        var scalar = Advance<Scalar>($"{what} is a number");
        return scalar.Style == ScalarStyle.Plain
            && decimal.TryParse(scalar.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= minimum && number <= maximum
                ? (double)number
                : throw Fail(string.Create(CultureInfo.InvariantCulture, $"{what} is {Show(scalar)}; expected a number from {minimum} to {maximum}"));
    }

    /// <summary>Reads any finite number, also a negative one or one with an exponent.</summary>
    /// <param name="what">What it is, for messages.</param>
    public double ReadReal(string what)
    {
        var scalar = Advance<Scalar>($"{what} is a number");
        return scalar.Style == ScalarStyle.Plain
            && double.TryParse(scalar.Value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
                ? number
                : throw Fail($"{what} is {Show(scalar)}; expected a number");
    }

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    /// <param name="what">What it is, for messages.</param>
    public bool ReadBoolean(string what)
    {
        var scalar = Advance<Scalar>($"{what} is true or false");
        return scalar is { Style: ScalarStyle.Plain, Value: "true" or "false" } ? scalar.Value == "true" : throw Fail($"{what} is {Show(scalar)}; expected true or false");
    }

    /// <summary>Reads a decimal number.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="minimum">The smallest accepted.</param>
    /// <param name="maximum">The greatest accepted.</param>
    public long ReadInteger(string what, long minimum, long maximum)
    {
        var scalar = Advance<Scalar>($"{what} is a number");
        return scalar.Style == ScalarStyle.Plain
            && long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= minimum && number <= maximum
                ? number
                : throw Fail($"{what} is {Show(scalar)}; expected a whole number from {minimum} to {maximum}");
    }

    /// <summary>Makes an error at the place of what was read last.</summary>
    public ConfigurationFormatException Fail(string message) => Fail(message, _place);

    // Messages quote the file, which may hold anything of any length; they end in log lines and answers.
    private static ConfigurationFormatException Fail(string message, Mark place)
    {
        var text = message.Length > MaxMessageLength ? message[..MaxMessageLength] + "…" : message;
        return new(Math.Max(place.Line, 1), Math.Max(place.Column, 1), string.Concat(text.Select(static letter => char.IsControl(letter) ? ' ' : letter)));
    }

    // Takes the present event and moves to the next, so that Current always is what comes.
    private T Advance<T>(string expectation)
        where T : ParsingEvent
    {
        if (_parser.Current is null)
        {
            _parser.MoveNext();
        }

        var current = _parser.Current!;
        _place = current.Start;
        if (current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
        {
            throw Fail("anchors and aliases are not accepted; write the value out");
        }

        if (current is not T expected)
        {
            throw Fail($"{expectation}; met {Describe(current)}");
        }

        if (current is not StreamStart)
        {
            _parser.MoveNext();
        }

        return expected;
    }

    private static bool TryParseDuration(string text, out TimeSpan duration)
    {
        foreach (var (unit, ticks) in DurationUnits)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && decimal.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number <= TimeSpan.MaxValue.Ticks / ticks)
            {
                duration = TimeSpan.FromTicks((long)(number * ticks));
                return true;
            }
        }

        duration = default;
        return false;
    }

    private static string Describe(ParsingEvent met) => met switch
    {
        Scalar scalar => Show(scalar),
        SequenceStart => "a list",
        MappingStart => "a mapping",
        _ => "its end",
    };

    private static string Show(Scalar scalar) => scalar.Value.Length == 0 ? "nothing" : $"'{scalar.Value}'";
}
