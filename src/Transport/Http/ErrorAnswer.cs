using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Transport.Hosting;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http;

/// <summary>Writes errors in KServe's form: a status, and a JSON object whose one member is <c>error</c>.</summary>
internal static class ErrorAnswer
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync(HttpContext context, in InferenceStatus status)
    {
        if (status.RetryAfter is { } retryAfter)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(context, StatusTable.ToHttp(status.Code), status.Message);
    }

    public static async Task WriteAsync(HttpContext context, int httpStatus, string message)
    {
        if (context.Response.HasStarted)
        {
            // The head is out and says that all is well; only a broken body can say otherwise.
            context.Abort();
            return;
        }

        var body = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(body, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("error"u8, message);
            writer.WriteEndObject();
        }

        context.Response.StatusCode = httpStatus;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;

        // Without the token of a client that leaves: there is nobody then to tell of the cancellation.
        await context.Response.Body.WriteAsync(body.WrittenMemory, CancellationToken.None).ConfigureAwait(false);
    }
}
