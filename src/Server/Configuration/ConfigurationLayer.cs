namespace Camshaft.Server.Configuration;

/// <summary>What one source says, checked against <see cref="Settings"/>, with paths made absolute.</summary>
internal sealed class ConfigurationLayer
{
    private ConfigurationLayer(string source, IReadOnlyDictionary<string, string?> values)
    {
        Source = source;
        Values = values;
    }

    /// <summary>Who says it, for messages.</summary>
    public string Source { get; }

    /// <summary>The values by key, parts of a key joined by colons.</summary>
    public IReadOnlyDictionary<string, string?> Values { get; }

    /// <summary>Checks what a source says.</summary>
    /// <param name="source">Who says it.</param>
    /// <param name="baseDirectory">From where relative paths count.</param>
    /// <param name="values">What it says.</param>
    /// <exception cref="ConfigurationException">It says something that is no setting.</exception>
    public static ConfigurationLayer Create(string source, string baseDirectory, IEnumerable<KeyValuePair<string, string?>> values)
    {
        var checkedValues = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in values)
        {
            var parts = key.Split(':');
            if (!Settings.All.TryGetValue(parts[0], out var kind))
            {
                throw new ConfigurationException($"{source}: unknown setting '{key}'; expected one of {string.Join(", ", Settings.All.Keys)}.");
            }

            if (!HasForm(parts, kind))
            {
                throw new ConfigurationException($"{source}: '{key}' is not what the setting '{parts[0]}' looks like; expected {Describe(kind)}.");
            }

            var isPath = kind is SettingKind.Path or SettingKind.PathList && !string.IsNullOrEmpty(value);
            checkedValues[key] = isPath ? Path.GetFullPath(value!, baseDirectory) : value;
        }

        return new ConfigurationLayer(source, checkedValues);
    }

    // A list may also be a single value, which is all that an environment variable can comfortably hold.
    private static bool HasForm(string[] parts, SettingKind kind) => kind switch
    {
        SettingKind.Value or SettingKind.Path => parts.Length == 1,
        SettingKind.List or SettingKind.PathList => parts.Length == 1 || (parts.Length == 2 && parts[1].Length > 0 && parts[1].All(char.IsAsciiDigit)),
        _ => parts.Length == 3,
    };

    private static string Describe(SettingKind kind) => kind switch
    {
        SettingKind.Value or SettingKind.Path => "a single value",
        SettingKind.List or SettingKind.PathList => "a list of values",
        _ => "an object of objects of values",
    };
}
