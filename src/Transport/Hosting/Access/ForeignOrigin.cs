using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Camshaft.Transport.Hosting.Access;

/// <summary>Tells calls that a web page of another origin made: a browser sends them with the rights of whoever looks at the page.</summary>
internal static class ForeignOrigin
{
    public static bool IsFrom(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            return true;
        }

        // A browser names the page's origin; it is foreign unless it is this very server.
        var origin = request.Headers.Origin;
        return !StringValues.IsNullOrEmpty(origin)
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
