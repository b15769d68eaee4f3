using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Infer;

/// <summary>
/// Writes the answer to an infer call: the JSON part into pooled room, so that its length is known before the head goes
/// out, and binary tensors straight from the memory that they lie in. Very long JSON goes out in pieces, without a length.
/// </summary>
internal static class AnswerWriter
{
    private const string HeaderLength = "Inference-Header-Content-Length";

    // From here on JSON goes out piece by piece: some 100 KB, which is what a receiver reads at a time anyway.
    private const int ElementsPerPiece = 8192;

    // Bytes handed to the server before they are flushed. Each flush of a large answer waits for the network, so a rest that is
    // no longer than this goes out with the piece before it.
    private const int FlushByteSize = 256 << 10;

    /// <summary>Writes the answer.</summary>
    /// <param name="context">The call.</param>
    /// <param name="exchange">What the request asked for.</param>
    /// <param name="request">The request, which has succeeded.</param>
    /// <param name="allBinary">Whether every output comes in binary form, as for a raw request.</param>
    /// <exception cref="InvalidRequestException">An output cannot be written in JSON; nothing has gone out then.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public static async ValueTask WriteAsync(HttpContext context, InferExchange exchange, InferenceRequest request, bool allBinary)
    {
        var binaryByteSize = MeasureBinary(exchange.Head, request, allBinary);
        WriteHead(exchange, request);
        await WriteOutputsAsync(context, exchange, request, allBinary).ConfigureAwait(false);
        exchange.Writer.WriteEndArray();
        exchange.Writer.WriteEndObject();
        exchange.Writer.Flush();

        var response = context.Response;
        var json = exchange.Json.WrittenMemory;
        if (!response.HasStarted)
        {
            response.ContentType = "application/json";
            response.ContentLength = json.Length + binaryByteSize;
        }

        if (binaryByteSize > 0)
        {
            response.ContentType = "application/octet-stream";
            response.Headers[HeaderLength] = json.Length.ToString(CultureInfo.InvariantCulture);
        }

        response.BodyWriter.Write(json.Span);
        if (binaryByteSize > 0)
        {
            await WriteBinaryAsync(context, exchange.Head, request, allBinary, binaryByteSize).ConfigureAwait(false);
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static void WriteHead(InferExchange exchange, InferenceRequest request)
    {
        var writer = exchange.Writer;
        var model = request.Model;
        writer.WriteStartObject();
        if (exchange.Head.Id.Length > 0)
        {
            writer.WriteString("id"u8, exchange.Head.GetText(exchange.Head.Id));
        }

        writer.WriteString("model_name"u8, model.ModelName);
        Span<byte> version = stackalloc byte[20];
        Utf8Formatter.TryFormat(model.Number, version, out var length);
        writer.WriteString("model_version"u8, version[..length]);
        writer.WriteStartArray("outputs"u8);
    }

    private static async ValueTask WriteOutputsAsync(HttpContext context, InferExchange exchange, InferenceRequest request, bool allBinary)
    {
        for (var i = 0; i < request.Signature.Outputs.Count; i++)
        {
            if (!request.HasOutput(i))
            {
                continue;
            }

            WriteOutputHead(exchange.Writer, request.Signature.Outputs[i].Name, request.GetOutput(i));
            if (IsBinary(exchange.Head, request, i, allBinary))
            {
                exchange.Writer.WriteStartObject("parameters"u8);
                exchange.Writer.WriteNumber("binary_data_size"u8, request.GetOutput(i).ByteSize);
                exchange.Writer.WriteEndObject();
            }
            else
            {
                await WriteDataAsync(context, exchange, request, i).ConfigureAwait(false);
            }

            exchange.Writer.WriteEndObject();
        }
    }

    private static void WriteOutputHead(Utf8JsonWriter writer, string name, in TensorView output)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteString("datatype"u8, output.DataType.Name);
        writer.WriteStartArray("shape"u8);
        foreach (var length in output.Shape)
        {
            writer.WriteNumberValue(length);
        }

        writer.WriteEndArray();
    }

    private static async ValueTask WriteDataAsync(HttpContext context, InferExchange exchange, InferenceRequest request, int output)
    {
        exchange.Writer.WriteStartArray("data"u8);
        var byteSize = request.GetOutput(output).ByteSize;
        for (var offset = 0; offset < byteSize;)
        {
            offset = JsonTensorWriter.Write(exchange.Writer, request.GetOutput(output), offset, ElementsPerPiece);
            if (offset < byteSize && MayGoOutInPieces(exchange.Head, request))
            {
                await FlushPieceAsync(context, exchange).ConfigureAwait(false);
            }
        }

        exchange.Writer.WriteEndArray();
    }

    private static async ValueTask FlushPieceAsync(HttpContext context, InferExchange exchange)
    {
        exchange.Writer.Flush();
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/json";
        }

        await context.Response.BodyWriter.WriteAsync(exchange.Json.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
        exchange.Json.ResetWrittenCount();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask WriteBinaryAsync(HttpContext context, InferHead head, InferenceRequest request, bool allBinary, long rest)
    {
        var body = context.Response.BodyWriter;
        var unflushed = 0;
        for (var i = 0; i < request.Signature.Outputs.Count; i++)
        {
            if (!request.HasOutput(i) || !IsBinary(head, request, i, allBinary))
            {
                continue;
            }

            for (var offset = 0; offset < request.GetOutput(i).ByteSize;)
            {
                var written = CopyPiece(body, request.GetOutput(i).Bytes[offset..]);
                offset += written;
                rest -= written;
                unflushed += written;
                if (unflushed >= FlushByteSize && rest > FlushByteSize)
                {
                    unflushed = 0;
                    await body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
                }
            }
        }
    }

    private static int CopyPiece(PipeWriter body, ReadOnlySpan<byte> rest)
    {
        var destination = body.GetSpan();
        var length = Math.Min(rest.Length, destination.Length);
        rest[..length].CopyTo(destination);
        body.Advance(length);
        return length;
    }

    private static long MeasureBinary(InferHead head, InferenceRequest request, bool allBinary)
    {
        long byteSize = 0;
        for (var i = 0; i < request.Signature.Outputs.Count; i++)
        {
            if (!request.HasOutput(i))
            {
                continue;
            }

            if (IsBinary(head, request, i, allBinary))
            {
                byteSize += request.GetOutput(i).ByteSize;
            }
            else if (!JsonTensorWriter.CanWrite(request.GetOutput(i)))
            {
                throw new InvalidRequestException($"{request.Model}: output '{request.Signature.Outputs[i].Name}' holds {request.Signature.Outputs[i].DataType.Name} that JSON cannot carry; ask for it with the parameter 'binary_data'.");
            }
        }

        return byteSize;
    }

    private static bool MayGoOutInPieces(InferHead head, InferenceRequest request)
    {
        // With a binary part the head must say how long the JSON is, so it has to be there in full.
        for (var i = 0; i < request.Signature.Outputs.Count; i++)
        {
            if (request.HasOutput(i) && IsBinary(head, request, i, allBinary: false))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBinary(InferHead head, InferenceRequest request, int output, bool allBinary)
    {
        if (allBinary || head.OutputCount == 0)
        {
            return allBinary || head.BinaryOutput;
        }

        foreach (ref readonly var requested in head.Outputs)
        {
            if (request.Model.FindOutput(head.GetText(requested.Name)) == output)
            {
                return requested.IsBinary;
            }
        }

        return head.BinaryOutput;
    }
}
