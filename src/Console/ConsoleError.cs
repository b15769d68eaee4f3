using System.Globalization;
using Camshaft.Backends;
using Camshaft.LiveConsole.Views;
using Camshaft.Transport.Hosting;
using Microsoft.AspNetCore.Http;

namespace Camshaft.LiveConsole;

/// <summary>Writes errors in the form that all of the server's HTTP has: a status, and a JSON object whose one member is <c>error</c>.</summary>
internal static class ConsoleError
{
    public static Task WriteAsync(HttpContext context, in InferenceStatus status)
    {
        if (status.RetryAfter is { } retryAfter)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(context, StatusTable.ToHttp(status.Code), status.Message);
    }

    public static Task WriteAsync(HttpContext context, int httpStatus, string message)
    {
        context.Response.StatusCode = httpStatus;
        return context.Response.WriteAsJsonAsync(new ErrorView(message), ConsoleJson.Default.ErrorView, cancellationToken: context.RequestAborted);
    }
}
