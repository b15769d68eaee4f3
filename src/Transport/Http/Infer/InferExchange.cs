using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Camshaft.Engine.Inference;

namespace Camshaft.Transport.Http.Infer;

/// <summary>
/// What one infer call needs beside the engine's request: the head that was read, the room for the answer's JSON. Pooled;
/// belongs to one call at a time.
/// </summary>
internal sealed class InferExchange : IDisposable
{
    // A head, and outputs of a few thousand elements; what grew beyond is not kept.
    private const int InitialByteSize = 1024;
    private const int LargestKeptByteSize = 256 << 10;

    private ArrayBufferWriter<byte> _json = new(InitialByteSize);

    public InferExchange() => Writer = new Utf8JsonWriter(_json, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public InferHead Head { get; } = new();

    /// <summary>The request in the engine, for cancellation when the client goes.</summary>
    public InferenceRequestHandle Handle { get; set; }

    /// <summary>Writes to <see cref="Json"/>.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>What was written and flushed.</summary>
    public ArrayBufferWriter<byte> Json => _json;

    public void Clear()
    {
        Head.Clear();
        Handle = default;
        if (_json.Capacity > LargestKeptByteSize)
        {
            _json = new ArrayBufferWriter<byte>(InitialByteSize);
        }

        _json.ResetWrittenCount();
        Writer.Reset(_json);
    }

    public void Dispose() => Writer.Dispose();
}
