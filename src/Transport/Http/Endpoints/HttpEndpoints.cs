using Camshaft.Backends;
using Camshaft.Transport.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>The routes of KServe V2, and the one place where a failed call becomes an error answer.</summary>
internal sealed partial class HttpEndpoints(
    HealthEndpoints health,
    MetadataEndpoints metadata,
    InferEndpoint infer,
    RepositoryEndpoints repository,
    ILogger<HttpEndpoints> logger) : ITransportEndpoints
{
    private const string Model = "/v2/models/{model}";
    private const string Version = "/v2/models/{model}/versions/{version}";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, HttpMethods.Get, health.LiveAsync, "/v2/health/live");
        Map(endpoints, HttpMethods.Get, health.ReadyAsync, "/v2/health/ready");
        Map(endpoints, HttpMethods.Get, health.ModelReadyAsync, $"{Model}/ready", $"{Version}/ready");
        Map(endpoints, HttpMethods.Get, metadata.ServerAsync, "/v2");
        Map(endpoints, HttpMethods.Get, metadata.ModelAsync, Model, Version);
        Map(endpoints, HttpMethods.Get, metadata.ConfigAsync, $"{Model}/config", $"{Version}/config");
        Map(endpoints, HttpMethods.Post, infer.HandleAsync, $"{Model}/infer", $"{Version}/infer");
        Map(endpoints, HttpMethods.Post, repository.IndexAsync, "/v2/repository/index", "/v2/repository/{repository}/index");
        Map(endpoints, HttpMethods.Post, repository.LoadAsync, "/v2/repository/models/{model}/load");
        Map(endpoints, HttpMethods.Post, repository.UnloadAsync, "/v2/repository/models/{model}/unload");
        endpoints.Map("/v2/{**rest}", static context => ErrorAnswer.WriteAsync(context, StatusCodes.Status404NotFound, $"There is nothing at '{context.Request.Path}'."));
    }

    private void Map(IEndpointRouteBuilder endpoints, string method, RequestDelegate handler, params ReadOnlySpan<string> patterns)
    {
        foreach (var pattern in patterns)
        {
            endpoints.Map(pattern, context => HttpMethods.Equals(context.Request.Method, method) ? RunAsync(context, handler) : RefuseMethodAsync(context, method));
        }
    }

    private static Task RefuseMethodAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return ErrorAnswer.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, $"'{context.Request.Path}' takes {allowed}, not {context.Request.Method}.");
    }

    private async Task RunAsync(HttpContext context, RequestDelegate handler)
    {
        try
        {
            await handler(context).ConfigureAwait(false);
        }
        catch (InvalidRequestException exception)
        {
            await ErrorAnswer.WriteAsync(context, exception.Status).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception)
        {
            // The server's own refusals: a body that is too long, comes too slowly or is chunked wrongly.
            await ErrorAnswer.WriteAsync(context, exception.StatusCode, exception.Message).ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to answer.
        }
        catch (Exception exception)
        {
            Log.Failed(logger, context.Request.Method, context.Request.Path, exception);
            await ErrorAnswer.WriteAsync(context, new InferenceStatus(StatusCode.Internal, "The server failed; its log says why.")).ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(600, LogLevel.Error, "{Method} {Path} failed.")]
        public static partial void Failed(ILogger logger, string method, string path, Exception exception);
    }
}
