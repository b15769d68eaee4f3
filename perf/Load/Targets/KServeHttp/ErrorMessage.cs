using System.Text.Json;
using System.Text.Json.Nodes;

namespace Camshaft.Load.Targets.KServeHttp;

/// <summary>Reads KServe's <c>{"error": "…"}</c>.</summary>
internal static class ErrorMessage
{
    /// <summary>The message, or null where the body holds none.</summary>
    public static string? Find(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject answer ? (string?)answer["error"] : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
