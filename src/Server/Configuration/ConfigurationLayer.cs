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

    /// <summary>The values by key, parts of a key joined by colons; an element of a list has its index last.</summary>
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
            var name = key.Split(':');
            if (Settings.Find(name) is not { } setting)
            {
                if (string.IsNullOrEmpty(value) && Settings.All.Any(known => known.Parts.Count > name.Length && known.HasPrefixOf(name)))
                {
                    // A section with nothing in it.
                    continue;
                }

                throw new ConfigurationException($"{source}: {FindFault(key, name)}");
            }

            if (setting.AllowedValues.Count > 0 && !string.IsNullOrEmpty(value) && !setting.AllowedValues.Contains(value, StringComparer.OrdinalIgnoreCase))
            {
                throw new ConfigurationException($"{source}: '{key}' is '{value}'; expected one of {string.Join(", ", setting.AllowedValues)}.");
            }

            // A list may also be a single value, which is all that an environment variable can comfortably hold.
            var fullKey = setting.Kind == SettingKind.List && name.Length == setting.Parts.Count ? $"{key}:0" : key;
            var isPath = setting.About.IsPath && !string.IsNullOrEmpty(value) && !string.Equals(value, setting.About.Keyword, StringComparison.OrdinalIgnoreCase);
            checkedValues[fullKey] = isPath ? Path.GetFullPath(value!, baseDirectory) : value;
        }

        return new ConfigurationLayer(source, checkedValues);
    }

    private static string FindFault(string key, string[] name)
    {
        if (Settings.All.FirstOrDefault(setting => setting.HasPrefixOf(name) && name.Length > setting.Parts.Count) is { } shorter)
        {
            return $"'{key}' is not what the setting '{shorter.Name}' looks like; expected {(shorter.Kind == SettingKind.List ? "a list of values" : "a single value")}.";
        }

        if (Settings.All.FirstOrDefault(setting => setting.HasPrefixOf(name) && name.Length < setting.Parts.Count) is { } longer)
        {
            return $"'{key}' is a section, not a setting; expected settings such as '{longer.Name}' in it.";
        }

        var known = name.Length;
        while (known > 0 && !Settings.All.Any(setting => setting.HasPrefixOf(name.AsSpan(0, known))))
        {
            known--;
        }

        var candidates = Settings.All.Where(setting => setting.HasPrefixOf(name.AsSpan(0, known))).Select(setting => setting.Parts[known]).Distinct();
        return $"unknown setting '{key}'; expected one of {string.Join(", ", candidates)}{(known > 0 ? $" in '{string.Join(':', name[..known])}'" : "")}.";
    }
}
