using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Hosting.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Camshaft.Transport.Metrics;

/// <summary>
/// Answers <c>GET /metrics</c> from a snapshot of the engine, which is written as fast as it is taken: what one who asks can hold
/// is bounded, and so is how many may ask at once. Needs the right to observe. Any thread; lives as long as the application.
/// </summary>
internal sealed class MetricsEndpoint(InferenceEngine engine, AccessControl access) : ITransportEndpoints
{
    private const int MostAtOnce = 4;

    private readonly ProcessorUse _processors = new();
    private int _underWay;

    public void Map(IEndpointRouteBuilder endpoints) => endpoints.Map("/metrics", HandleAsync);

    private async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Get;
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, $"'/metrics' takes GET, not {context.Request.Method}.").ConfigureAwait(false);
            return;
        }

        using var admission = access.Admit(context, AccessRights.Observe);
        if (!admission.Status.IsOk)
        {
            await RefuseAsync(context, admission.Status).ConfigureAwait(false);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _underWay) <= MostAtOnce)
            {
                await WriteAsync(context).ConfigureAwait(false);
            }
            else
            {
                await RefuseAsync(context, new InferenceStatus(StatusCode.Unavailable, $"{MostAtOnce} others are reading the metrics, as many as may.") { RetryAfter = TimeSpan.FromSeconds(1) }).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Who asked is gone.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task WriteAsync(HttpContext context)
    {
        var format = ExpositionFormat.Choose(context.Request.Headers.Accept);
        context.Response.ContentType = format.ContentType;
        context.Response.Headers.Vary = "Accept";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var snapshot = engine.Telemetry.Read();
        var writer = new PrometheusWriter(context.Response.BodyWriter, format, context.RequestAborted);
        await CamshaftFamilies.WriteAsync(writer, snapshot).ConfigureAwait(false);
        await TritonFamilies.WriteAsync(writer, snapshot, _processors.Read()).ConfigureAwait(false);
        await writer.EndAsync().ConfigureAwait(false);
    }

    private static Task RefuseAsync(HttpContext context, in InferenceStatus status)
    {
        if (status.RetryAfter is { } retryAfter)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return RefuseAsync(context, StatusTable.ToHttp(status.Code), status.Message);
    }

    private static Task RefuseAsync(HttpContext context, int httpStatus, string message)
    {
        context.Response.StatusCode = httpStatus;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(message + "\n", context.RequestAborted);
    }
}
