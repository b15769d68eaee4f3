using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Inference;
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
    // The tags by which requests are counted, and the headers that carry them.
    private readonly (string Name, string Header)[] _tags = [.. engine.Telemetry.Tags.Names.Select(static name => (name, "Camshaft-Tag-" + name))];
    private readonly ObjectPool<InferExchange> _exchanges = new DefaultObjectPool<InferExchange>(new ExchangePolicy(), maximumRetained: 256);

    public async Task HandleAsync(HttpContext context)
    {
        var route = ModelRoute.Of(context);
        var deadline = new BodyDeadline(timeProvider, options.RequestTimeout);
        CheckEncoding(context);
        CheckLength(context);

        // Nothing of the body is read while the model is being loaded.
        var wait = await engine.WaitForModelAsync(route.Name, route.Version, deadline.Remaining, context.RequestAborted).ConfigureAwait(false);
        context.RequestAborted.ThrowIfCancellationRequested();
        Refuse(route, wait);
        var exchange = _exchanges.Get();
        InferenceRequest? request = null;
        try
        {
            var jsonByteSize = ReadHeaderLength(context);
            if (jsonByteSize == 0)
            {
                request = await CreateRequestAsync(context, route, deadline).ConfigureAwait(false);
                await ReadRawAsync(context, request, deadline).ConfigureAwait(false);
            }
            else
            {
                var body = context.Request.BodyReader;
                var json = await BodyReader.ReadJsonAsync(body, jsonByteSize ?? context.Request.ContentLength, options.JsonByteSizeLimit, deadline).ConfigureAwait(false);
                long binaryByteSize;
                try
                {
                    ReadHead(json, exchange.Head, options.JsonDepthLimit); // 1
                    request = await CreateRequestAsync(context, route, deadline).ConfigureAwait(false);
                    Declare(request, exchange.Head, json); // 2
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

            await RunAsync(context, exchange, request, deadline).ConfigureAwait(false); // 5
            ServerTiming.Write(context, request, timeProvider);
            await AnswerWriter.WriteAsync(context, exchange, request, allBinary: jsonByteSize == 0).ConfigureAwait(false); // 6
            request.MarkSent();
        }
        catch (InvalidRequestException exception)
        {
            request?.Refuse(exception.Status);
            if (exception.Message.StartsWith("Model '", StringComparison.Ordinal))
            {
                throw;
            }

            // The readers know the request and not whose it is.
            throw new InvalidRequestException(new InferenceStatus(exception.Status.Code, $"Model '{route.Name}': {exception.Message}"));
        }
        finally
        {
            request?.Dispose();
            _exchanges.Return(exchange);
        }
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

    private static void Declare(InferenceRequest request, InferHead head, in ReadOnlySequence<byte> json)
    {
        request.Priority = head.Priority;
        foreach (ref var input in head.Inputs)
        {
            input.Index = request.Model.FindInput(head.GetText(input.Name));
            if (input.Index < 0)
            {
                throw new InvalidRequestException($"{request.Model} has no input '{head.Describe(input.Name)}'; expected {Describe(request.Signature.Inputs)}.");
            }

            InvalidRequestException.ThrowIfFailed(
                request.DeclareInput(input.Index, input.DataType, input.Shape.Dimensions, FindByteSize(request, input, json)));
        }

        foreach (ref readonly var output in head.Outputs)
        {
            var index = request.Model.FindOutput(head.GetText(output.Name));
            if (index < 0)
            {
                throw new InvalidRequestException($"{request.Model} has no output '{head.Describe(output.Name)}'; expected {Describe(request.Signature.Outputs)}.");
            }

            InvalidRequestException.ThrowIfFailed(request.RequestOutput(index));
        }
    }

    private static long FindByteSize(InferenceRequest request, in InputHead input, in ReadOnlySequence<byte> json)
    {
        if (input.BinaryByteSize >= 0)
        {
            return input.BinaryByteSize;
        }

        var name = request.Signature.Inputs[input.Index].Name;
        if (!TensorDataReader.CanCarry(input.DataType))
        {
            throw new InvalidRequestException($"{request.Model}: input '{name}' has datatype {input.DataType.Name}, which JSON cannot carry; send it in binary form.");
        }

        if (input.DataType == DataType.Bytes)
        {
            return TensorDataReader.MeasureBytes(json.Slice(input.DataStart), name);
        }

        // A count that cannot be, the engine refuses by the shape; the size does not matter then.
        if (!input.Shape.TryGetElementCount(out var elementCount) || elementCount > int.MaxValue)
        {
            return 0;
        }

        // Each element takes a letter at least: no memory is taken for what a few bytes only claim to hold.
        return elementCount <= json.Length
            ? elementCount * input.DataType.ByteSize
            : throw new InvalidRequestException($"{request.Model}: input '{name}' has shape {input.Shape}; the JSON part of {json.Length} bytes cannot hold its {elementCount} elements.");
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask ReadTailAsync(HttpContext context, InferenceRequest request, InferHead head, BodyDeadline deadline)
    {
        var body = context.Request.BodyReader;
        for (var i = 0; i < head.InputCount; i++)
        {
            if (head.Inputs[i].BinaryByteSize > 0)
            {
                await BodyReader.ReadTensorAsync(body, request, head.Inputs[i].Index, offset: 0, deadline).ConfigureAwait(false);
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

    private static async ValueTask ReadRawAsync(HttpContext context, InferenceRequest request, BodyDeadline deadline)
    {
        var declared = RawRequest.Declare(request, context.Request.ContentLength);
        InvalidRequestException.ThrowIfFailed(declared);
        InvalidRequestException.ThrowIfFailed(await request.ReserveAsync(context.RequestAborted).ConfigureAwait(false));
        await RawRequest.ReadAsync(context.Request.BodyReader, request, deadline).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask RunAsync(HttpContext context, InferExchange exchange, InferenceRequest request, BodyDeadline deadline)
    {
        request.MarkReceived();
        SetTimeout(request, exchange.Head, deadline);

        // On HTTP/1.1 nothing else of this connection can be served before the answer is out.
        request.MayRunInline = HttpProtocol.IsHttp11(context.Request.Protocol);
        exchange.Handle = request.Handle;
        await using (context.RequestAborted.UnsafeRegister(static state => ((InferExchange)state!).Handle.Cancel(), exchange))
        {
            InvalidRequestException.ThrowIfFailed(await request.RunAsync().ConfigureAwait(false));
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

    private static string Describe(IReadOnlyList<TensorSpec> tensors) => string.Join(", ", tensors.Select(static tensor => $"'{tensor.Name}'"));

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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<InferenceRequest> CreateRequestAsync(HttpContext context, ModelRoute route, BodyDeadline deadline)
    {
        var (status, request) = await engine.CreateRequestAsync(route.Name, route.Version, deadline.Remaining, context.RequestAborted).ConfigureAwait(false);
        if (request is null)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            Refuse(route, status);
        }

        ReadTrace(context.Request.Headers, request!);
        foreach (var (name, header) in _tags)
        {
            if (context.Request.Headers[header] is [{ } value])
            {
                request!.AddTag(name, value);
            }
        }

        return request!;
    }

    /// <summary>Turns a request away that could not be made.</summary>
    private void Refuse(ModelRoute route, in InferenceStatus status)
    {
        if (!status.IsOk)
        {
            engine.Models.CountUntaken(route.Name, route.Version);
            throw new InvalidRequestException(status);
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
