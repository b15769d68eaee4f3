namespace Camshaft.Server.Configuration;

/// <summary>One setting: where it stands in <c>camshaft.json</c>, what it takes and what it does.</summary>
internal sealed class Setting
{
    /// <summary>The parts of its name; one in angle brackets stands for a key that the user chooses.</summary>
    public required IReadOnlyList<string> Parts { get; init; }

    public required SettingKind Kind { get; init; }

    /// <summary>Its description, unit, flag and so on.</summary>
    public required SettingAttribute About { get; init; }

    /// <summary>What holds when nothing is said.</summary>
    public required string Default { get; init; }

    /// <summary>The only values that it takes; empty = any of its type.</summary>
    public required IReadOnlyList<string> AllowedValues { get; init; }

    /// <summary>The type of its values.</summary>
    public required Type ValueType { get; init; }

    /// <summary>Its name in documentation, parts joined by dots.</summary>
    public string Name => string.Join('.', Parts);

    /// <summary>Its environment variable.</summary>
    public string EnvironmentVariable => ServerConfiguration.EnvironmentPrefix + string.Join("__", Parts.Select(static part => IsKey(part) ? part : part.ToUpperInvariant()));

    /// <summary>Whether a name is this setting's, or that of an element of its list.</summary>
    public bool Matches(ReadOnlySpan<string> name)
    {
        var isElement = Kind == SettingKind.List && name.Length == Parts.Count + 1 && name[^1].Length > 0 && name[^1].All(char.IsAsciiDigit);
        return (isElement || name.Length == Parts.Count) && HasPrefixOf(name);
    }

    /// <summary>Whether a name begins or ends on the way to this setting.</summary>
    public bool HasPrefixOf(ReadOnlySpan<string> name)
    {
        for (var i = 0; i < Math.Min(name.Length, Parts.Count); i++)
        {
            if (!IsKey(Parts[i]) && !string.Equals(Parts[i], name[i], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsKey(string part) => part[0] == '<';
}
