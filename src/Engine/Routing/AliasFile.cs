using System.Text.Json;

namespace Camshaft.Engine.Routing;

/// <summary>The file in which aliases that calls have set outlast the server; without a path nothing does. One caller at a time.</summary>
/// <param name="path">The file; null = none.</param>
internal sealed class AliasFile(string? path)
{
    public bool Exists => path is not null;

    /// <summary>Reads what the last server left.</summary>
    /// <exception cref="RoutingException">It cannot be read.</exception>
    public Dictionary<string, string> Read()
    {
        if (path is null || !File.Exists(path))
        {
            return new(StringComparer.Ordinal);
        }

        try
        {
            return new(JsonSerializer.Deserialize(File.ReadAllBytes(path), RoutingJson.Default.DictionaryStringString) ?? [], StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new RoutingException($"The aliases in '{path}' cannot be read: {exception.Message}");
        }
    }

    /// <summary>Replaces the file as a whole, so that a reader finds the old aliases or the new ones.</summary>
    /// <exception cref="RoutingException">It cannot be written.</exception>
    public void Write(IReadOnlyDictionary<string, string> aliases)
    {
        if (path is null)
        {
            return;
        }

        var draft = path + ".new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
            {
                JsonSerializer.Serialize(file, aliases.OrderBy(static alias => alias.Key, StringComparer.Ordinal).ToDictionary(), RoutingJson.Default.DictionaryStringString);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RoutingException($"The alias cannot be kept in '{path}': {exception.Message}");
        }
    }
}
