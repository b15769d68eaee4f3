using System.Buffers;
using System.Text.Json;
using Camshaft.Backends;

namespace Camshaft.Transport.Http.Infer;

/// <summary>Moves through a request's JSON, member by member, and checks each value's kind; what is not as expected is an <see cref="InvalidRequestException"/>.</summary>
internal ref struct JsonCursor(ReadOnlySequence<byte> json, int depthLimit)
{
    /// <summary>At the token that was moved to last.</summary>
    public Utf8JsonReader Reader = new(json, isFinalBlock: true, new JsonReaderState(JsonText.WithDepth(depthLimit)));

    /// <summary>Whether the member at hand has a name.</summary>
    public readonly bool IsNamed(ReadOnlySpan<byte> utf8Name) => Reader.ValueTextEquals(utf8Name);

    /// <summary>Moves to the next member's name; false at the object's end.</summary>
    public bool NextMember() => Reader.Read() && Reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Moves to the next object of an array; false at the array's end.</summary>
    public bool NextElement(string array)
    {
        Reader.Read();
        if (Reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        return Reader.TokenType == JsonTokenType.StartObject
            ? true
            : throw new InvalidRequestException($"An element of {array} is {JsonText.Describe(ref Reader)}; expected an object.");
    }

    /// <summary>Moves past the value of the member at hand.</summary>
    public void SkipMember()
    {
        Reader.Read();
        Reader.Skip();
    }

    /// <summary>Moves to the value of the member at hand, or to the first token, and checks what it is.</summary>
    public void Expect(JsonTokenType type, string what, string expected)
    {
        if (Reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.None)
        {
            Reader.Read();
        }

        if (Reader.TokenType != type)
        {
            throw new InvalidRequestException($"{what} is {JsonText.Describe(ref Reader)}; expected {expected}.");
        }
    }

    /// <summary>The text of the member at hand, kept in the head.</summary>
    public TextRange ReadText(string what, InferHead head)
    {
        Expect(JsonTokenType.String, what, "a string");
        return JsonText.Copy(ref Reader, head, what);
    }

    public bool ReadBoolean(string parameter)
    {
        Reader.Read();
        return Reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw new InvalidRequestException($"The parameter '{parameter}' is {JsonText.Describe(ref Reader)}; expected true or false."),
        };
    }

    public ulong ReadUnsigned(string parameter)
    {
        Reader.Read();
        return Reader.TokenType == JsonTokenType.Number && Reader.TryGetUInt64(out var value)
            ? value
            : throw new InvalidRequestException($"The parameter '{parameter}' is {JsonText.Describe(ref Reader)}; expected a whole number of 0 or more.");
    }

    /// <summary>Moves past a parameter that the server does not know: a string, a number, true or false.</summary>
    public void SkipParameter()
    {
        Reader.Read();
        if (Reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.Null)
        {
            throw new InvalidRequestException($"A request parameter is {JsonText.Describe(ref Reader)}; expected a string, a number, true or false.");
        }
    }

    /// <summary>The text of the value at hand, kept in the head: a string's, or what a number, true or false is written as.</summary>
    public TextRange KeepValue(InferHead head)
    {
        if (Reader.TokenType == JsonTokenType.String)
        {
            return JsonText.Copy(ref Reader, head, "A tag");
        }

        var length = JsonText.GetRawLength(ref Reader);
        if (length > JsonText.LongestText)
        {
            throw new InvalidRequestException($"A tag has {length} bytes; at most {JsonText.LongestText} are taken.");
        }

        var room = head.ReserveText(length);
        if (Reader.HasValueSequence)
        {
            Reader.ValueSequence.CopyTo(room);
        }
        else
        {
            Reader.ValueSpan.CopyTo(room);
        }

        return head.CommitText(length);
    }

    /// <summary>Refuses the parameter at hand unless its value says that it is not used.</summary>
    public void RefuseUnlessUnused(string parameter)
    {
        Reader.Read();
        var isUnused = Reader.TokenType switch
        {
            JsonTokenType.Number => Reader.TryGetUInt64(out var number) && number == 0,
            JsonTokenType.String => Reader.ValueTextEquals(""u8),
            _ => false,
        };
        if (!isUnused)
        {
            throw Unsupported(parameter);
        }
    }

    public static InvalidRequestException Unsupported(string parameter) =>
        new(new InferenceStatus(StatusCode.Unsupported, $"The parameter '{parameter}' is not supported by this server."));
}
