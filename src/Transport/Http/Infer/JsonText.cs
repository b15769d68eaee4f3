using System.Buffers;
using System.Text.Json;

namespace Camshaft.Transport.Http.Infer;

/// <summary>What several readers of requests' JSON do with a token.</summary>
internal static class JsonText
{
    /// <summary>The most bytes, as they stand in the JSON, of a text that is kept: an id or a name.</summary>
    public const int LongestText = 1 << 16;

    /// <summary>For JSON that has been read once already, and so is not too deep.</summary>
    public static JsonReaderOptions ReaderOptions { get; } = WithDepth(int.MaxValue);

    /// <summary>Reads JSON that nests up to a number of levels.</summary>
    public static JsonReaderOptions WithDepth(int limit) => new() { MaxDepth = limit, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>The bytes of a token as they stand in the JSON; never fewer than its text takes.</summary>
    public static int GetRawLength(ref Utf8JsonReader reader) => checked((int)(reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length));

    /// <summary>Copies a string token's text, unescaped, into room of at least its length.</summary>
    /// <exception cref="InvalidRequestException">It is not valid UTF-8.</exception>
    public static int Copy(ref Utf8JsonReader reader, scoped Span<byte> destination)
    {
        // The reader wants a byte more than it writes where plain text follows an escape; a text as it stands is that longer.
        var rawLength = GetRawLength(ref reader);
        if (!reader.ValueIsEscaped || destination.Length >= rawLength)
        {
            return CopyString(ref reader, destination);
        }

        var scratch = ArrayPool<byte>.Shared.Rent(rawLength);
        try
        {
            var length = CopyString(ref reader, scratch);
            scratch.AsSpan(0, length).CopyTo(destination);
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>The bytes of a string token's text, unescaped.</summary>
    /// <exception cref="InvalidRequestException">It is not valid UTF-8.</exception>
    public static int Measure(ref Utf8JsonReader reader)
    {
        var rawLength = GetRawLength(ref reader);
        if (!reader.ValueIsEscaped)
        {
            return rawLength;
        }

        var scratch = ArrayPool<byte>.Shared.Rent(rawLength);
        try
        {
            return CopyString(ref reader, scratch);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>Copies a string token into the head.</summary>
    /// <exception cref="InvalidRequestException">It is not valid UTF-8, or too long.</exception>
    public static TextRange Copy(ref Utf8JsonReader reader, InferHead head, string what)
    {
        var length = GetRawLength(ref reader);
        if (length > LongestText)
        {
            throw new InvalidRequestException($"{what} has {length} bytes; at most {LongestText} are taken.");
        }

        var destination = head.ReserveText(length);
        return head.CommitText(Copy(ref reader, destination));
    }

    /// <summary>A token for a message, cut to a sensible length.</summary>
    public static string Describe(ref Utf8JsonReader reader)
    {
        const int Longest = 40;
        var bytes = reader.HasValueSequence ? reader.ValueSequence.Slice(0, Math.Min(Longest, reader.ValueSequence.Length)).ToArray() : reader.ValueSpan[..Math.Min(Longest, reader.ValueSpan.Length)];
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        return reader.TokenType switch
        {
            JsonTokenType.String => $"\"{text}\"",
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            _ => text,
        };
    }

    private static int CopyString(ref Utf8JsonReader reader, scoped Span<byte> destination)
    {
        try
        {
            return reader.CopyString(destination);
        }
        catch (InvalidOperationException)
        {
            throw new InvalidRequestException("A string in the request's JSON is not valid UTF-8.");
        }
    }
}
