using System.Net;
using System.Text.Json;
using Camshaft.Backends;

namespace Camshaft.Client.Http;

/// <summary>Which status an HTTP answer is.</summary>
internal static class HttpStatuses
{
    /// <summary>Reads an answer that is no success.</summary>
    public static async Task<InferenceStatus> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var now = DateTimeOffset.UtcNow;
        var retryAfter = response.Headers.RetryAfter is { } again ? again.Delta ?? (again.Date > now ? again.Date - now : TimeSpan.Zero) : null;
        return new InferenceStatus(ToCode(response.StatusCode), FindMessage(body) ?? $"The server answered HTTP {(int)response.StatusCode} and gives no reason.") { RetryAfter = retryAfter };
    }

    private static StatusCode ToCode(HttpStatusCode status) => (int)status switch
    {
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        409 => StatusCode.AlreadyExists,
        429 => StatusCode.ResourceExhausted,
        499 => StatusCode.Cancelled,
        501 => StatusCode.Unsupported,
        502 or 503 => StatusCode.Unavailable,
        408 or 504 => StatusCode.DeadlineExceeded,
        >= 400 and < 500 => StatusCode.InvalidArgument,
        _ => StatusCode.Internal,
    };

    private static string? FindMessage(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("error", out var error) && error.GetString() is { Length: > 0 } message ? message : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
