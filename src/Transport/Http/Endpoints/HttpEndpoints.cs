using Camshaft.Backends;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Hosting.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>The routes of KServe V2 with the right that each needs, and the one place where a failed call becomes an error answer.</summary>
internal sealed partial class HttpEndpoints(
    HealthEndpoints health,
    MetadataEndpoints metadata,
    InferEndpoint infer,
    RepositoryEndpoints repository,
    RouteEndpoints routes,
    RegistryEndpoints registry,
    AlertEndpoints alerts,
    StatisticsEndpoints statistics,
    AccessControl access,
    AuditLog audit,
    ILogger<HttpEndpoints> logger) : ITransportEndpoints
{
    private const string Model = "/v2/models/{model}";
    private const string Version = "/v2/models/{model}/versions/{version}";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        // Probes carry no keys, and learn nothing but yes or no.
        Map(endpoints, HttpMethods.Get, AccessRights.None, health.LiveAsync, "/v2/health/live");
        Map(endpoints, HttpMethods.Get, AccessRights.None, health.ReadyAsync, "/v2/health/ready");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, health.ModelReadyAsync, $"{Model}/ready", $"{Version}/ready");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, metadata.ServerAsync, "/v2");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, metadata.ModelAsync, Model, Version);
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, metadata.ConfigAsync, $"{Model}/config", $"{Version}/config");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, statistics.AllAsync, "/v2/models/stats");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, statistics.ModelAsync, $"{Model}/stats", $"{Version}/stats");
        Map(endpoints, HttpMethods.Post, AccessRights.Infer, infer.HandleNamedAsync, $"{Model}/infer", $"{Version}/infer");
        Map(endpoints, HttpMethods.Post, AccessRights.Infer, infer.HandleRoutedAsync, "/v2/infer");
        Map(endpoints, HttpMethods.Post, AccessRights.Observe, repository.IndexAsync, "/v2/repository/index", "/v2/repository/{repository}/index");
        Map(endpoints, HttpMethods.Post, AccessRights.Manage, repository.LoadAsync, "/v2/repository/models/{model}/load");
        Map(endpoints, HttpMethods.Post, AccessRights.Manage, repository.UnloadAsync, "/v2/repository/models/{model}/unload");
        Map(endpoints, HttpMethods.Post, AccessRights.Manage, repository.WarmAsync, "/v2/repository/models/{model}/warm");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, routes.RulesAsync, "/v2/route");
        Map(endpoints, HttpMethods.Post, AccessRights.Observe, routes.ExplainAsync, "/v2/route/explain");
        Map(endpoints, HttpMethods.Post, AccessRights.Manage, routes.ReloadAsync, "/v2/route/reload");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, routes.AliasesAsync, "/v2/aliases");
        Map(endpoints, HttpMethods.Post, AccessRights.Manage, routes.SetAliasAsync, "/v2/aliases/{alias}");
        Map(endpoints, HttpMethods.Post, AccessRights.Manage, routes.RemoveAliasAsync, "/v2/aliases/{alias}/remove");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, registry.ListAsync, "/v2/models");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, registry.SchemaAsync, $"{Model}/schema", $"{Version}/schema");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, registry.OpenApiAsync, "/openapi.json");
        Map(endpoints, HttpMethods.Get, AccessRights.None, registry.PageAsync, "/docs");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, alerts.ObjectivesAsync, "/v2/slo");
        Map(endpoints, HttpMethods.Get, AccessRights.Observe, alerts.AlertsAsync, "/v2/alerts");
        endpoints.Map("/v2/{**rest}", static context => ErrorAnswer.WriteAsync(context, StatusCodes.Status404NotFound, $"There is nothing at '{context.Request.Path}'."));
    }

    private void Map(IEndpointRouteBuilder endpoints, string method, AccessRights right, RequestDelegate handler, params ReadOnlySpan<string> patterns)
    {
        foreach (var pattern in patterns)
        {
            endpoints.Map(pattern, context => HttpMethods.Equals(context.Request.Method, method) ? RunAsync(context, right, handler) : RefuseMethodAsync(context, method));
        }
    }

    private static Task RefuseMethodAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return ErrorAnswer.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, $"'{context.Request.Path}' takes {allowed}, not {context.Request.Method}.");
    }

    private async Task RunAsync(HttpContext context, AccessRights right, RequestDelegate handler)
    {
        using var admission = right == AccessRights.None ? default : access.Admit(context, right);
        try
        {
            InvalidRequestException.ThrowIfFailed(admission.Status);
            await handler(context).ConfigureAwait(false);
            Audit(context, right, admission, InferenceStatus.Ok);
        }
        catch (InvalidRequestException exception)
        {
            Audit(context, right, admission, exception.Status);
            await ErrorAnswer.WriteAsync(context, exception.Status).ConfigureAwait(false);
        }
        catch (BadHttpRequestException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left within its body. The server has to hear of that itself, else it looks for the next request there.
            Audit(context, right, admission, new InferenceStatus(StatusCode.Cancelled, "The caller left."));
            throw;
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested || exception is ConnectionResetException or ConnectionAbortedException)
        {
            // The client is gone; there is nobody to answer, and nothing more to read: the server would log that it cannot.
            context.Abort();
            Audit(context, right, admission, new InferenceStatus(StatusCode.Cancelled, "The caller left; what was begun goes on."));
        }
        catch (BadHttpRequestException exception)
        {
            // A body that is too long, comes too slowly or is chunked wrongly, or a coding that is not taken.
            await RefuseBodyAsync(context, right, admission, exception.StatusCode, exception).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            // The server's word for a chunk whose length is more than it can count.
            await RefuseBodyAsync(context, right, admission, StatusCodes.Status400BadRequest, exception).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.Failed(logger, context.Request.Method, context.Request.Path, exception);
            Audit(context, right, admission, new InferenceStatus(StatusCode.Internal, exception.Message));
            await ErrorAnswer.WriteAsync(context, new InferenceStatus(StatusCode.Internal, "The server failed; its log says why.")).ConfigureAwait(false);
        }
    }

    private Task RefuseBodyAsync(HttpContext context, AccessRights right, in Admission admission, int httpStatus, Exception exception)
    {
        // Where in what is left of the body the next request would begin, nobody knows or waits to see.
        if (httpStatus != StatusCodes.Status415UnsupportedMediaType && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }

        Audit(context, right, admission, new InferenceStatus(StatusCode.InvalidArgument, exception.Message));
        return ErrorAnswer.WriteAsync(context, httpStatus, exception.Message);
    }

    private void Audit(HttpContext context, AccessRights right, in Admission admission, in InferenceStatus status)
    {
        if (right != AccessRights.Manage)
        {
            return;
        }

        var path = context.Request.Path.Value!;
        var action = path[(path.LastIndexOf('/') + 1)..];
        var values = context.Request.RouteValues;
        var subject = "the routing rules";
        if (values["model"] is string model)
        {
            subject = $"model '{model}'";
        }
        else if (values["alias"] is string alias)
        {
            subject = $"alias '{alias}'";
            action = context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: [.., '}'] } ? "switch" : action;
        }

        audit.Write(admission.CallerName, context.Connection.RemoteIpAddress, action, subject, status);
    }

    private static partial class Log
    {
        [LoggerMessage(600, LogLevel.Error, "{Method} {Path} failed.")]
        public static partial void Failed(ILogger logger, string method, string path, Exception exception);
    }
}
