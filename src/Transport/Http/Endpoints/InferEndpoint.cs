using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Routing;
using Camshaft.Transport.Http.Infer;
using Microsoft.AspNetCore.Http;
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

    private readonly TargetRequests _targets = new(engine);
    private readonly ObjectPool<InferExchange> _exchanges = new DefaultObjectPool<InferExchange>(new ExchangePolicy(), maximumRetained: 256);

    /// <summary>A call whose path names a model or an alias.</summary>
    public Task HandleNamedAsync(HttpContext context) => ServeAsync(context, ModelRoute.FindAlias(context, engine), isNamed: true);

    /// <summary>A call whose model the rules find.</summary>
    public Task HandleRoutedAsync(HttpContext context) => ServeAsync(context, context.Request.Headers[AliasHeader] is [{ } alias] ? alias : "", isNamed: false);

    private async Task ServeAsync(HttpContext context, string? alias, bool isNamed)
    {
        var deadline = new BodyDeadline(timeProvider, options.RequestTimeout);
        InferHeaders.CheckEncoding(context);
        InferHeaders.CheckLength(context, options.BodyByteSizeLimit);
        var exchange = _exchanges.Get();
        try
        {
            exchange.Begin(engine.Router.Table, alias);
            if (alias is null)
            {
                await GoToNamedAsync(context, exchange, deadline).ConfigureAwait(false);
            }

            var jsonByteSize = InferHeaders.ReadHeadLength(context);
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

            await _targets.RunAsync(context, exchange, deadline).ConfigureAwait(false); // 5
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
            request = await _targets.CreateAsync(context, exchange, deadline).ConfigureAwait(false);
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

        var request = await _targets.CreateAsync(context, exchange, deadline).ConfigureAwait(false);
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
        var request = await _targets.CreateAsync(context, exchange, deadline).ConfigureAwait(false);
        InvalidRequestException.ThrowIfFailed(RawRequest.Declare(request, context.Request.ContentLength));
        InvalidRequestException.ThrowIfFailed(await request.ReserveAsync(context.RequestAborted).ConfigureAwait(false));
        await RawRequest.ReadAsync(context.Request.BodyReader, request, deadline).ConfigureAwait(false);
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
