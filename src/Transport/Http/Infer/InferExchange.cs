using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Routing;

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

    /// <summary>The rules as they were when the call came.</summary>
    public RouteTable Table { get; private set; } = null!;

    /// <summary>The alias by which rules find the model, empty for none; null = the call names its model.</summary>
    public string? Alias { get; private set; }

    /// <summary>How the body is read.</summary>
    public BodyForm Form { get; set; }

    /// <summary>Where the call goes; set when that is known.</summary>
    public Route Route { get; set; }

    /// <summary>The model that the call is at, for messages; null before that is known.</summary>
    public string? ModelName => Route.ModelName;

    /// <summary>The engine's request, which the exchange owns.</summary>
    public InferenceRequest? Request { get; set; }

    /// <summary>The request in the engine, for cancellation when the client goes.</summary>
    public InferenceRequestHandle Handle { get; set; }

    /// <summary>Writes to <see cref="Json"/>.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>What was written and flushed.</summary>
    public ArrayBufferWriter<byte> Json => _json;

    /// <summary>Begins a call.</summary>
    public void Begin(RouteTable table, string? alias)
    {
        Table = table;
        Alias = alias;
    }

    /// <summary>Goes on to the next target, if the rule has one that may do better.</summary>
    public bool TryFallBack(StatusCode code)
    {
        var route = Route;
        var isThere = route.TryFallBack(code);
        Route = route;
        return isThere;
    }

    /// <summary>Puts another request in the place of the one that has ended.</summary>
    public void Replace(InferenceRequest next)
    {
        Request?.Dispose();
        Request = next;
    }

    public void Clear()
    {
        Request?.Dispose();
        Request = null;
        Table = null!;
        Alias = null;
        Form = BodyForm.Json;
        Route = default;
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
