using System.Globalization;
using System.Reflection;
using Camshaft.LiveConsole.Views;
using Camshaft.Transport.Hosting.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Camshaft.LiveConsole.Feed;

/// <summary>Where the page and <c>camshaft top</c> read. All but the session needs the right to observe.</summary>
internal sealed class FeedEndpoints(FeedHub hub, AccessControl access)
{
    private const int SendBufferByteSize = 64 << 10;

    private static readonly AccessRights[] Rights = [AccessRights.Infer, AccessRights.Observe, AccessRights.Manage];

    private static readonly string ServerVersion =
        (typeof(FeedEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/console/api/session", (RequestDelegate)SessionAsync);
        endpoints.MapGet("/console/api/overview", context => AdmitAsync(context, OverviewAsync));
        endpoints.MapGet("/console/api/feed/overview", context => AdmitAsync(context, _ => StreamAsync(context, new FeedTopic(FeedKind.Overview))));
        endpoints.MapGet("/console/api/feed/lanes", context => AdmitAsync(context, _ => StreamAsync(context, new FeedTopic(FeedKind.Lanes))));
        endpoints.MapGet("/console/api/feed/models/{model}", context => AdmitAsync(context, ModelAsync));
        endpoints.MapGet("/console/api/feed/models/{model}/{version}", context => AdmitAsync(context, ModelAsync));
    }

    private Task SessionAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var rights = access.GetRights(context);
        var session = new SessionView(
            [.. Rights.Where(right => rights.HasFlag(right)).Select(static right => right.ToString().ToLowerInvariant())],
            rights.HasFlag(AccessRights.Observe) ? ServerVersion : null);
        return context.Response.WriteAsJsonAsync(session, ConsoleJson.Default.SessionView, cancellationToken: context.RequestAborted);
    }

    private async Task AdmitAsync(HttpContext context, Func<HttpContext, Task> handler)
    {
        // Its place among the requests in flight is given back at once: a stream stays for hours, and has a bound of its own.
        using (var admission = access.Admit(context, AccessRights.Observe))
        {
            if (!admission.Status.IsOk)
            {
                await ConsoleError.WriteAsync(context, admission.Status).ConfigureAwait(false);
                return;
            }
        }

        context.Response.Headers.CacheControl = "no-store";
        await handler(context).ConfigureAwait(false);
    }

    private async Task OverviewAsync(HttpContext context)
    {
        var answer = hub.DescribeOverview();
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
    }

    private Task ModelAsync(HttpContext context)
    {
        var values = context.Request.RouteValues;
        var name = (string)values["model"]!;
        if (values["version"] is not string text)
        {
            return StreamAsync(context, new FeedTopic(FeedKind.Model, name));
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? StreamAsync(context, new FeedTopic(FeedKind.Model, name, version))
            : ConsoleError.WriteAsync(context, StatusCodes.Status400BadRequest, $"Model '{name}': the version '{text}' is no number.");
    }

    private async Task StreamAsync(HttpContext context, FeedTopic topic)
    {
        using var client = hub.TryJoin(topic);
        if (client is null)
        {
            await ConsoleError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, $"{FeedHub.MostClients} consoles look at this server, as many as may, or it stops.").ConfigureAwait(false);
            return;
        }

        NoticeStall(context);
        context.Response.ContentType = "text/event-stream";

        // For proxies that would wait for more.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, client.Dropped);
        try
        {
            await foreach (var message in client.Messages.ReadAllAsync(ends.Token).ConfigureAwait(false))
            {
                await context.Response.Body.WriteAsync(message, ends.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(ends.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // What was begun cannot be finished in any way that a client would take for an end.
            context.Abort();
        }
    }

    /// <summary>
    /// Lets the system take little: for a nearby client it would take more than a megabyte, which is many minutes, before it
    /// shows that nobody reads. A stream's connection serves nothing else, except with HTTP/2, which has windows of its own.
    /// </summary>
    private static void NoticeStall(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<IConnectionSocketFeature>() is { } connection)
        {
            connection.Socket.SendBufferSize = SendBufferByteSize;
        }
    }
}
