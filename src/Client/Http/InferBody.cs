using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Camshaft.Backends;

namespace Camshaft.Client.Http;

/// <summary>The body of an infer: a JSON head, then the inputs' data as it lies. Belongs to one attempt; reads no input any more once it is ended.</summary>
internal sealed class InferBody : HttpContent
{
    public const string HeadLengthHeader = "Inference-Header-Content-Length";
    private const int PartByteSize = 64 << 10;

    private readonly Lock _gate = new();
    private readonly InferenceInput[] _inputs;
    private readonly byte[] _head;
    private bool _isOver;

    public InferBody(InferenceInput[] inputs, InferenceOptions options, TimeSpan? left)
    {
        _inputs = inputs;
        _head = WriteHead(inputs, options, left);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        Headers.TryAddWithoutValidation(HeadLengthHeader, _head.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>From now on the inputs' memory is the caller's again.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _head.Length + _inputs.Sum(static input => (long)input.ByteSize);
        return true;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_head).ConfigureAwait(false);
        var part = ArrayPool<byte>.Shared.Rent(PartByteSize);
        try
        {
            for (var i = 0; i < _inputs.Length; i++)
            {
                for (var written = 0; written < _inputs[i].ByteSize;)
                {
                    var byteSize = Math.Min(part.Length, _inputs[i].ByteSize - written);
                    Copy(i, written, part.AsSpan(0, byteSize));
                    await stream.WriteAsync(part.AsMemory(0, byteSize)).ConfigureAwait(false);
                    written += byteSize;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    private void Copy(int index, int offset, Span<byte> destination)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                throw new IOException("The request has ended.");
            }

            _inputs[index].Bytes.Slice(offset, destination.Length).CopyTo(destination);
        }
    }

    private static byte[] WriteHead(InferenceInput[] inputs, InferenceOptions options, TimeSpan? left)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteParameters(json, options, left);
            json.WriteStartArray("inputs");
            foreach (var input in inputs)
            {
                json.WriteStartObject();
                json.WriteString("name", input.Name);
                json.WriteString("datatype", input.DataType.Name);
                json.WriteStartArray("shape");
                foreach (var length in input.Shape.Dimensions)
                {
                    json.WriteNumberValue(length);
                }

                json.WriteEndArray();
                json.WriteStartObject("parameters");
                json.WriteNumber("binary_data_size", input.ByteSize);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteOutputs(json, options.Outputs);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteParameters(Utf8JsonWriter json, InferenceOptions options, TimeSpan? left)
    {
        json.WriteStartObject("parameters");
        json.WriteBoolean("binary_data_output", true);
        if (left is { } time)
        {
            // In microseconds, as Triton has it.
            json.WriteNumber("timeout", Math.Max(1, (long)time.TotalMicroseconds));
        }

        if (options.Priority > 0)
        {
            json.WriteNumber("priority", options.Priority);
        }

        json.WriteEndObject();
    }

    private static void WriteOutputs(Utf8JsonWriter json, IReadOnlyList<string> outputs)
    {
        if (outputs.Count == 0)
        {
            return;
        }

        json.WriteStartArray("outputs");
        foreach (var name in outputs)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteStartObject("parameters");
            json.WriteBoolean("binary_data", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
