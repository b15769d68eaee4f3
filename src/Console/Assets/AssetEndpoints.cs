using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Camshaft.LiveConsole.Assets;

/// <summary>
/// Serves the page's files, to anybody: they hold nothing of the server, and a page that asks for an API key must be there
/// before the key is.
/// </summary>
internal static class AssetEndpoints
{
    // Scripts and styles are files of our own, whatever text a model, a tag or an error brings along.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Head];

        // The page names its files relative to its own address, which therefore ends with a slash.
        endpoints.MapMethods("/console", methods, static context => context.Request.Path.Value!.EndsWith('/') ? ServeAsync(context, "index.html") : RedirectAsync(context));
        endpoints.MapMethods("/console/{**path}", methods, static context => ServeAsync(context, (string?)context.Request.RouteValues["path"] ?? "index.html"));
    }

    private static Task RedirectAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = "console/";
        return Task.CompletedTask;
    }

    private static async Task ServeAsync(HttpContext context, string path)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (!AssetTable.TryGet(path, out var asset))
        {
            await ConsoleError.WriteAsync(context, StatusCodes.Status404NotFound, $"There is nothing at '{context.Request.Path}'.").ConfigureAwait(false);
            return;
        }

        // Asked for again each time, at the price of an empty answer: a page never runs with the scripts of another version.
        headers.CacheControl = "no-cache";
        headers.ETag = asset.Tag;
        headers.Vary = HeaderNames.AcceptEncoding;
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(asset.Tag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var isCompressed = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (isCompressed)
        {
            headers.ContentEncoding = "gzip";
        }

        var content = isCompressed ? asset.Compressed : asset.Content;
        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = content.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
