using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Routing;
using Camshaft.Engine.Telemetry;
using Camshaft.Transport.Http.Infer;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>
/// An infer call: reads the head where it lies in the receive blocks (1), declares the inputs to the engine (2), takes
/// memory for them, where a full budget makes the client wait (3), fills them (4), runs (5) and writes the answer from the
/// memory that the outputs lie in (6).
/// </summary>
internal sealed class InferEndpoint(InferenceEngine engine, HttpTransportOptions options, TimeProvider timeProvider)
{
    /// <summary>By which a call without a model in its path asks for an alias.</summary>
    public const string AliasHeader = "Camshaft-Alias";

    // The tags by which requests are counted, and the headers that carry them.
    private readonly (string Name, string Header)[] _tags = [.. engine.Telemetry.Tags.Names.Select(static name => (name, "Camshaft-Tag-" + name))];

    private readonly ObjectPool<InferExchange> _exchanges = new DefaultObjectPool<InferExchange>(new ExchangePolicy(), maximumRetained: 256);

    /// <summary>A call whose path names a model or an alias.</summary>
    public Task HandleNamedAsync(HttpContext context) => ServeAsync(context, ModelRoute.FindAlias(context, engine), isNamed: true);

    /// <summary>A call whose model the rules find.</summary>
    public Task HandleRoutedAsync(HttpContext context) => ServeAsync(context, context.Request.Headers[AliasHeader] is [{ } alias] ? alias : "", isNamed: false);

    private async Task ServeAsync(HttpContext context, string? alias, bool isNamed)
    {
        var deadline = new BodyDeadline(timeProvider, options.RequestTimeout);
        CheckEncoding(context);
        CheckLength(context);
        var exchange = _exchanges.Get();
        try
        {
            exchange.Begin(engine.Router.Table, alias);
            if (alias is null)
            {
                await GoToNamedAsync(context, exchange, deadline).ConfigureAwait(false);
            }

            var jsonByteSize = ReadHeaderLength(context);
            exchange.Form = ChooseForm(context, exchange.Table, jsonByteSize, isNamed);
            switch (exchange.Form)
            {
                case BodyForm.Json:
                    await ReadJsonAsync(context, exchange, jsonByteSize, deadline).ConfigureAwait(false);
                    break;
                case BodyForm.Raw:
                    await ReadRawAsync(context, exchange, deadline).ConfigureAwait(false);
                    break;
                default:
                    await ReadDescribedAsync(context, exchange, deadline).ConfigureAwait(false);
                    break;
            }

            await RunAsync(context, exchange, deadline).ConfigureAwait(false); // 5
            ServerTiming.Write(context, exchange.Request!, timeProvider);
            await AnswerWriter.WriteAsync(context, exchange, exchange.Request!, allBinary: exchange.Form == BodyForm.Raw).ConfigureAwait(false); // 6
            exchange.Request!.MarkSent();
            engine.Shadows.Offer(exchange.Route, exchange.Request);
        }
        catch (InvalidRequestException exception)
        {
            exchange.Request?.Refuse(exception.Status);
            if (exchange.ModelName is not { } name || exception.Message.StartsWith("Model '", StringComparison.Ordinal))
            {
                throw;
            }

            // The readers know the request and not whose it is.
            throw new InvalidRequestException(new InferenceStatus(exception.Status.Code, $"Model '{name}': {exception.Message}"));
        }
        finally
        {
            _exchanges.Return(exchange);
        }
    }

    private static BodyForm ChooseForm(HttpContext context, RouteTable table, long? jsonByteSize, bool isNamed)
    {
        var type = MediaType.WithoutParameters(context.Request.ContentType);
        return isNamed ? ContentTypes.OfNamed(type, jsonByteSize, TensorHeaders.AreIn(context.Request.Headers)) : ContentTypes.OfRouted(type, jsonByteSize, table);
    }

    private async ValueTask GoToNamedAsync(HttpContext context, InferExchange exchange, BodyDeadline deadline)
    {
        var route = ModelRoute.OfNames(context);
        exchange.Route = new Route(route.Name, route.Version);

        // Nothing of the body is read while the model is being loaded.
        var wait = await engine.WaitForModelAsync(route.Name, route.Version, deadline.Remaining, context.RequestAborted).ConfigureAwait(false);
        context.RequestAborted.ThrowIfCancellationRequested();
        if (!wait.IsOk)
        {
            engine.Models.CountUntaken(route.Name, route.Version);
            throw new InvalidRequestException(wait);
        }
    }

    private async ValueTask ReadJsonAsync(HttpContext context, InferExchange exchange, long? jsonByteSize, BodyDeadline deadline)
    {
        var body = context.Request.BodyReader;
        var json = await BodyReader.ReadJsonAsync(body, jsonByteSize ?? context.Request.ContentLength, options.JsonByteSizeLimit, deadline).ConfigureAwait(false);
        InferenceRequest request;
        long binaryByteSize;
        try
        {
            ReadHead(json, exchange.Head, options.JsonDepthLimit); // 1
            request = await CreateRequestAsync(context, exchange, deadline).ConfigureAwait(false);
            InputDeclaration.Declare(request, exchange.Head, json); // 2
            binaryByteSize = CheckBinaryLength(context, request, exchange.Head, json.Length);
        }
        catch
        {
            // Also of a refused request: a connection whose body is still held could not go on.
            body.AdvanceTo(json.End);
            throw;
        }

        // Rows among those of others are taken when all is there to fill them.
        request.FillsAtOnce = binaryByteSize == 0 || (request.Joins && json.Length + binaryByteSize <= BodyReader.LargestWhole);
        if (request.FillsAtOnce && binaryByteSize > 0)
        {
            json = await BodyReader.ReadWholeAsync(body, json, binaryByteSize, request, deadline).ConfigureAwait(false);
        }

        try
        {
            InvalidRequestException.ThrowIfFailed(await request.ReserveAsync(context.RequestAborted).ConfigureAwait(false)); // 3
            FillFromJson(request, exchange.Head, json); // 4
        }
        finally
        {
            body.AdvanceTo(json.End);
        }

        await ReadTailAsync(context, request, exchange.Head, deadline).ConfigureAwait(false);
    }

    /// <summary>Reads a body that is the data of one input, which headers or its own header describe.</summary>
    private async ValueTask ReadDescribedAsync(HttpContext context, InferExchange exchange, BodyDeadline deadline)
    {
        var body = context.Request.BodyReader;
        if (exchange.Form == BodyForm.Npy)
        {
            await NpyBody.ReadHeaderAsync(body, exchange.Head, deadline).ConfigureAwait(false);
            TensorHeaders.ReadName(context, exchange.Head);
        }
        else
        {
            TensorHeaders.Read(context, exchange.Head);
        }

        var request = await CreateRequestAsync(context, exchange, deadline).ConfigureAwait(false);
        InputDeclaration.DeclareDescribed(request, exchange.Head, context.Request.ContentLength);
        var byteSize = CheckBinaryLength(context, request, exchange.Head, exchange.Head.PrefixByteSize);
        request.FillsAtOnce = byteSize == 0 || (request.Joins && byteSize <= BodyReader.LargestWhole);
        if (request.FillsAtOnce && byteSize > 0)
        {
            var begin = await body.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            var whole = await BodyReader.ReadWholeAsync(body, begin.Buffer.Slice(0, 0), byteSize, request, deadline).ConfigureAwait(false);
            body.AdvanceTo(whole.End);
        }

        InvalidRequestException.ThrowIfFailed(await request.ReserveAsync(context.RequestAborted).ConfigureAwait(false));
        await ReadTailAsync(context, request, exchange.Head, deadline).ConfigureAwait(false);
    }

    private static void CheckEncoding(HttpContext context)
    {
        var encoding = context.Request.Headers.ContentEncoding;
        if (encoding.Count > 0 && encoding is not [null or ""] && !(encoding.Count == 1 && "identity".Equals(encoding[0], StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers.AcceptEncoding = "identity";
            throw new BadHttpRequestException($"The Content-Encoding '{encoding}' is not supported; expected 'identity'.", StatusCodes.Status415UnsupportedMediaType);
        }
    }

    private static void ReadHead(in ReadOnlySequence<byte> json, InferHead head, int depthLimit)
    {
        try
        {
            new InferHeadReader(json, head, depthLimit).Read();
        }
        catch (JsonException exception)
        {
            throw new InvalidRequestException($"The request is not valid JSON: {exception.Message}");
        }
        catch (IndexOutOfRangeException)
        {
            // What the reader of .NET 10 ends with where true, false or null is cut by the end of a body in several blocks.
            throw new InvalidRequestException("The request is not valid JSON: it ends amid a value.");
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair: the reader finds it when it compares.
            throw new InvalidRequestException("A name in the request's JSON is not valid Unicode.");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask ReadTailAsync(HttpContext context, InferenceRequest request, InferHead head, BodyDeadline deadline)
    {
        var body = context.Request.BodyReader;
        for (var i = 0; i < head.InputCount; i++)
        {
            if (head.Inputs[i].BinaryByteSize > 0)
            {
                var offset = head.Inputs[i].IsOneElement ? RawRequest.WritePrefix(request, head.Inputs[i].Index) : 0;
                await BodyReader.ReadTensorAsync(body, request, head.Inputs[i].Index, offset, deadline).ConfigureAwait(false);
            }
        }

        await BodyReader.ReadEndAsync(body, request, deadline).ConfigureAwait(false);
    }

    private static void FillFromJson(InferenceRequest request, InferHead head, in ReadOnlySequence<byte> json)
    {
        foreach (ref readonly var input in head.Inputs)
        {
            if (input.DataStart >= 0)
            {
                TensorDataReader.Read(json.Slice(input.DataStart), request.GetInput(input.Index), request.Signature.Inputs[input.Index].Name);
            }
        }
    }

    /// <returns>How many bytes follow the JSON part.</returns>
    private long CheckBinaryLength(HttpContext context, InferenceRequest request, InferHead head, long jsonByteSize)
    {
        long expected = 0;
        foreach (ref readonly var input in head.Inputs)
        {
            // Each is below 2 GiB, as the engine has checked, and there are few.
            expected += Math.Max(0, input.BinaryByteSize);
        }

        if (context.Request.ContentLength is not { } bodyByteSize)
        {
            // Whether they all come is seen when they do; no memory is taken for more than may come.
            if (jsonByteSize + expected > options.BodyByteSizeLimit)
            {
                throw BodyReader.BodyTooLong(jsonByteSize + expected, options.BodyByteSizeLimit);
            }

            return expected;
        }

        var binaryByteSize = bodyByteSize - jsonByteSize;
        if (binaryByteSize != expected)
        {
            throw new InvalidRequestException($"{request.Model}: the body has {binaryByteSize} bytes after its JSON part; the inputs' 'binary_data_size' add up to {expected}.");
        }

        return expected;
    }

    private async ValueTask ReadRawAsync(HttpContext context, InferExchange exchange, BodyDeadline deadline)
    {
        var request = await CreateRequestAsync(context, exchange, deadline).ConfigureAwait(false);
        InvalidRequestException.ThrowIfFailed(RawRequest.Declare(request, context.Request.ContentLength));
        InvalidRequestException.ThrowIfFailed(await request.ReserveAsync(context.RequestAborted).ConfigureAwait(false));
        await RawRequest.ReadAsync(context.Request.BodyReader, request, deadline).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunAsync(HttpContext context, InferExchange exchange, BodyDeadline deadline)
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

        ReadTrace(context.Request.Headers, next);
        ReadTags(context.Request.Headers, next);
        exchange.Replace(next);
        return await RunOnceAsync(context, exchange, deadline).ConfigureAwait(false);
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

    private static long? ReadHeaderLength(HttpContext context)
    {
        var header = context.Request.Headers["Inference-Header-Content-Length"];
        if (header.Count == 0)
        {
            return null;
        }

        if (!long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            throw new InvalidRequestException($"Inference-Header-Content-Length is '{header}'; expected a number of bytes.");
        }

        return length <= (context.Request.ContentLength ?? long.MaxValue)
            ? length
            : throw new InvalidRequestException($"Inference-Header-Content-Length is {length}; the body has {context.Request.ContentLength} bytes.");
    }

    private void CheckLength(HttpContext context)
    {
        // The server's own limit is 30 MB; tensors are larger.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = options.BodyByteSizeLimit;
        }

        if (context.Request.ContentLength > options.BodyByteSizeLimit)
        {
            throw BodyReader.BodyTooLong(context.Request.ContentLength.Value, options.BodyByteSizeLimit);
        }
    }

    /// <summary>Finds the request's way, if it does not name its model, and rents the engine's request: where the first target has none, the next does.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<InferenceRequest> CreateRequestAsync(HttpContext context, InferExchange exchange, BodyDeadline deadline)
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
                ReadTrace(context.Request.Headers, request);
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

    private static void ReadTrace(IHeaderDictionary headers, InferenceRequest request)
    {
        if (headers.TraceParent is [{ } parent] && TraceParent.TryParse(parent, out var trace))
        {
            request.Trace = trace;
            request.TraceState = RequestSpans.IsWanted ? headers.TraceState : default(string);
        }
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

    private sealed class ExchangePolicy : PooledObjectPolicy<InferExchange>
    {
        public override InferExchange Create() => new();

        public override bool Return(InferExchange exchange)
        {
            exchange.Clear();
            return true;
        }
    }
}
