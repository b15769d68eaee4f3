using System.Text.Json;
using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Engine.Routing;

/// <summary>Reads the routing section of a configuration file in JSON, such as <c>camshaft.json</c>; what else is in the file is not looked at.</summary>
public static class RoutingFile
{
    /// <summary>The section's name.</summary>
    public const string SectionName = "routing";

    private const int LargestByteSize = 16 << 20;

    private static readonly JsonDocumentOptions DocumentOptions = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file.</summary>
    /// <returns>What its section says; nothing where it has none, or is not there.</returns>
    /// <exception cref="RoutingException">It cannot be read, is no JSON, or says what it may not say.</exception>
    public static RoutingConfiguration Read(string path)
    {
        try
        {
            return File.Exists(path) ? Parse(ReadBytes(path), Path.GetFileName(path)) : RoutingConfiguration.Empty;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RoutingException($"The rules of '{path}' cannot be read: {exception.Message}");
        }
    }

    /// <summary>Reads a file's text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="fileName">For messages.</param>
    /// <exception cref="RoutingException">It is no JSON, or says what it may not say.</exception>
    public static RoutingConfiguration Parse(ReadOnlyMemory<byte> utf8, string fileName)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, DocumentOptions);
            return FindSection(document.RootElement) is { } section
                ? section.Deserialize(RoutingJson.Default.RoutingConfiguration)!
                : RoutingConfiguration.Empty;
        }
        catch (JsonException exception)
        {
            throw new RoutingException($"The rules of {fileName} cannot be read: {exception.Message}");
        }
    }

    // Names of settings are the same in either case there.
    private static JsonElement? FindSection(JsonElement root)
    {
        JsonElement? section = null;
        foreach (var member in root.ValueKind == JsonValueKind.Object ? root.EnumerateObject() : default)
        {
            if (member.Name.Equals(SectionName, StringComparison.OrdinalIgnoreCase))
            {
                section = section is null ? member.Value : throw new JsonException($"The section '{SectionName}' is there twice.");
            }
        }

        return section is { ValueKind: not JsonValueKind.Object and not JsonValueKind.Null } wrong
            ? throw new JsonException($"The section '{SectionName}' is {wrong.ValueKind.ToString().ToLowerInvariant()}; expected an object.")
            : section is { ValueKind: JsonValueKind.Null } ? null : section;
    }

    private static ReadOnlyMemory<byte> ReadBytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > LargestByteSize)
        {
            throw new RoutingException($"'{path}' has {file.Length} bytes; at most {LargestByteSize} are read.");
        }

        var bytes = new byte[file.Length];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var text = bytes.AsMemory(0, length);
        return text.Span.StartsWith(Preamble) ? text[Preamble.Length..] : text;
    }

    private static ReadOnlySpan<byte> Preamble => [0xEF, 0xBB, 0xBF];
}
