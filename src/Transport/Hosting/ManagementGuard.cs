using System.Net;
using Camshaft.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Camshaft.Transport.Hosting;

/// <summary>
/// Decides who may load and unload models: callers on this machine, and no web page. Others may infer and observe.
/// </summary>
public sealed class ManagementGuard
{
    /// <summary>Checks one management call.</summary>
    /// <returns>Success, or <see cref="StatusCode.PermissionDenied"/>.</returns>
    public InferenceStatus Check(HttpContext context)
    {
        if (IsFromWebPage(context.Request))
        {
            return new InferenceStatus(StatusCode.PermissionDenied, "Management calls from web pages of other origins are refused.");
        }

        // A Unix socket has no address: who can open it is on this machine.
        return context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address)
            ? InferenceStatus.Ok
            : new InferenceStatus(StatusCode.PermissionDenied, $"Management calls are allowed from this machine only; this one came from {address}.");
    }

    private static bool IsFromWebPage(HttpRequest request)
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
