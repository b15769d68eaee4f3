using System.Runtime.CompilerServices;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Inference;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Infer;

/// <summary>The engine's requests of infer calls: made for the model that the call names or the rules find, and run there, or where the rule falls back to.</summary>
internal sealed class TargetRequests(InferenceEngine engine)
{
    // The tags by which requests are counted, and the headers that carry them.
    private readonly (string Name, string Header)[] _tags = [.. engine.Telemetry.Tags.Names.Select(static name => (name, "Camshaft-Tag-" + name))];

    /// <summary>Finds the request's way, if it does not name its model, and rents the engine's request: where the first target has none, the next does.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<InferenceRequest> CreateAsync(HttpContext context, InferExchange exchange, BodyDeadline deadline)
    {
        if (exchange.Alias is { } alias)
        {
            FindRoute(context, exchange, alias);
        }

        while (true)
        {
            var (status, request) = await engine.CreateRequestAsync(exchange.Route.ModelName, exchange.Route.Version, deadline.Remaining, context.RequestAborted).ConfigureAwait(false);
            if (request is not null)
            {
                InferHeaders.ReadTrace(context.Request.Headers, request);
                ReadTags(context.Request.Headers, request);
                exchange.Request = request;
                return request;
            }

            context.RequestAborted.ThrowIfCancellationRequested();
            engine.Models.CountUntaken(exchange.Route.ModelName, exchange.Route.Version);
            if (!exchange.TryFallBack(status.Code))
            {
                throw new InvalidRequestException(status);
            }
        }
    }

    /// <summary>Runs the request, and where its target refuses, at the next that the rule names.</summary>
    /// <exception cref="InvalidRequestException">It has failed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync(HttpContext context, InferExchange exchange, BodyDeadline deadline)
    {
        var status = await RunOnceAsync(context, exchange, deadline).ConfigureAwait(false);
        while (!status.IsOk && exchange.TryFallBack(status.Code))
        {
            status = await RunAgainAsync(context, exchange, deadline, status).ConfigureAwait(false);
        }

        InvalidRequestException.ThrowIfFailed(status);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<InferenceStatus> RunOnceAsync(HttpContext context, InferExchange exchange, BodyDeadline deadline)
    {
        var request = exchange.Request!;
        request.MarkReceived();
        SetTimeout(request, exchange.Head, deadline);

        // On HTTP/1.1 nothing else of this connection can be served before the answer is out.
        request.MayRunInline = HttpProtocol.IsHttp11(context.Request.Protocol);
        exchange.Handle = request.Handle;
        await using (context.RequestAborted.UnsafeRegister(static state => ((InferExchange)state!).Handle.Cancel(), exchange))
        {
            return await request.RunAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Runs what was sent for one model at the next that the rule names: the inputs are copied, once for each.</summary>
    private async ValueTask<InferenceStatus> RunAgainAsync(HttpContext context, InferExchange exchange, BodyDeadline deadline, InferenceStatus before)
    {
        var (status, next) = await engine.CreateRequestAsync(exchange.Route.ModelName, exchange.Route.Version, deadline.Remaining, context.RequestAborted).ConfigureAwait(false);
        context.RequestAborted.ThrowIfCancellationRequested();
        if (next is null)
        {
            return status;
        }

        try
        {
            status = await exchange.Request!.CopyToAsync(next, context.RequestAborted).ConfigureAwait(false);
        }
        catch
        {
            next.Dispose();
            throw;
        }

        if (!status.IsOk)
        {
            // A fallback that wants other inputs is the rule's fault; the client hears of what its own request came to.
            next.Dispose();
            return status.Code == StatusCode.InvalidArgument ? before : status;
        }

        InferHeaders.ReadTrace(context.Request.Headers, next);
        ReadTags(context.Request.Headers, next);
        exchange.Replace(next);
        return await RunOnceAsync(context, exchange, deadline).ConfigureAwait(false);
    }

    private void FindRoute(HttpContext context, InferExchange exchange, string alias)
    {
        if (exchange.Table.TryRoute(new RoutedRequest(context, exchange.Head, alias), out var route))
        {
            exchange.Route = route;
            return;
        }

        var why = engine.Router.Fault is { } fault ? $" The rules of the files do not hold: {fault}" : "";
        throw new InvalidRequestException(new InferenceStatus(
            StatusCode.NotFound,
            alias.Length > 0 ? $"No rule takes the request, and there is no alias '{alias}'.{why}" : $"No rule takes the request; POST /v2/route/explain says why.{why}"));
    }

    private void ReadTags(IHeaderDictionary headers, InferenceRequest request)
    {
        foreach (var (name, header) in _tags)
        {
            if (headers[header] is [{ } value])
            {
                request.AddTag(name, value);
            }
        }
    }

    /// <summary>The client's own timeout counts from the request's last byte; the server's bounds it.</summary>
    private static void SetTimeout(InferenceRequest request, InferHead head, BodyDeadline deadline)
    {
        var timeout = deadline.Remaining ?? TimeSpan.MaxValue;
        if (head.TimeoutMicroseconds > 0 && head.TimeoutMicroseconds < timeout.TotalMicroseconds)
        {
            timeout = TimeSpan.FromMicroseconds(head.TimeoutMicroseconds);
        }

        if (timeout < TimeSpan.MaxValue)
        {
            request.SetTimeout(timeout > TimeSpan.Zero ? timeout : TimeSpan.FromTicks(1));
        }
    }
}
