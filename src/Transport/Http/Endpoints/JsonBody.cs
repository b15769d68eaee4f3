using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>Reads the bodies of the small calls: a JSON object, or nothing.</summary>
internal static class JsonBody
{
    // A configuration in a load call would be the longest thing here, and those are not taken.
    private const int LongestBodyByteSize = 1 << 20;

    private static readonly JsonDocumentOptions BodyOptions = new() { AllowDuplicateProperties = false };

    /// <summary>Reads it.</summary>
    /// <returns>The object; null where there is no body.</returns>
    /// <exception cref="InvalidRequestException">It is no JSON object.</exception>
    public static async Task<JsonDocument?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > LongestBodyByteSize)
        {
            throw new BadHttpRequestException($"The body has {context.Request.ContentLength} bytes; at most {LongestBodyByteSize} are taken here.", StatusCodes.Status413PayloadTooLarge);
        }

        using var body = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > LongestBodyByteSize)
            {
                throw new BadHttpRequestException($"The body has more than {LongestBodyByteSize} bytes.", StatusCodes.Status413PayloadTooLarge);
            }
        }

        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), BodyOptions);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw new InvalidRequestException("The body is not a JSON object.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is what a name with half a surrogate pair ends with, when it is compared.
            throw new InvalidRequestException($"The body is not valid JSON: {exception.Message}");
        }
    }
}
