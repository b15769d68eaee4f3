using System.Text;

namespace Camshaft.Transport.Http.Infer;

/// <summary>
/// What pass one finds in the JSON part of a request: everything but the tensors' data, of which it notes where it is.
/// Reused from request to request, so that a good one leaves no garbage.
/// </summary>
internal sealed class InferHead
{
    /// <summary>More tensors than any model has.</summary>
    public const int MostTensors = 1024;

    /// <summary>As many tags as the binary protocol takes.</summary>
    public const int MostTags = 16;

    private const int LargestKeptText = 1 << 16;
    private const int LongestDescription = 128;

    private byte[] _text = new byte[256];
    private int _textLength;
    private InputHead[] _inputs = new InputHead[4];
    private OutputHead[] _outputs = new OutputHead[4];
    private readonly TagHead[] _tags = new TagHead[MostTags];
    private int _tagCount;

    public TextRange Id { get; set; }

    public ulong Priority { get; set; }

    /// <summary>0 = none.</summary>
    public ulong TimeoutMicroseconds { get; set; }

    /// <summary>Whether outputs that the request does not list come in binary form.</summary>
    public bool BinaryOutput { get; set; }

    public bool HasInputs { get; set; }

    public int InputCount { get; private set; }

    public int OutputCount { get; private set; }

    public Span<InputHead> Inputs => _inputs.AsSpan(0, InputCount);

    public Span<OutputHead> Outputs => _outputs.AsSpan(0, OutputCount);

    /// <summary>The tags among the request's parameters.</summary>
    public ReadOnlySpan<TagHead> Tags => _tags.AsSpan(0, _tagCount);

    /// <summary>How many bytes of the body come before its first tensor, beside JSON.</summary>
    public int PrefixByteSize { get; set; }

    public void Clear()
    {
        _tagCount = 0;
        PrefixByteSize = 0;
        Id = default;
        Priority = 0;
        TimeoutMicroseconds = 0;
        BinaryOutput = false;
        HasInputs = false;
        InputCount = 0;
        OutputCount = 0;
        _textLength = 0;
        if (_text.Length > LargestKeptText)
        {
            _text = new byte[256];
        }
    }

    public ref InputHead AddInput()
    {
        Grow(ref _inputs, InputCount);
        ref var input = ref _inputs[InputCount++];
        input = new InputHead { DataStart = -1, BinaryByteSize = -1 };
        return ref input;
    }

    public ref OutputHead AddOutput()
    {
        Grow(ref _outputs, OutputCount);
        ref var output = ref _outputs[OutputCount++];
        output = default;
        return ref output;
    }

    /// <exception cref="InvalidRequestException">There are too many.</exception>
    public void AddTag(TagHead tag)
    {
        if (_tagCount == MostTags)
        {
            throw new InvalidRequestException($"The request has more than {MostTags} tags.");
        }

        _tags[_tagCount++] = tag;
    }

    /// <summary>Room for text of at most so many bytes; <see cref="CommitText"/> says how many it became.</summary>
    public Span<byte> ReserveText(int longestByteSize)
    {
        if (_text.Length - _textLength < longestByteSize)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + longestByteSize));
        }

        return _text.AsSpan(_textLength);
    }

    public TextRange CommitText(int byteSize)
    {
        var range = new TextRange(_textLength, byteSize);
        _textLength += byteSize;
        return range;
    }

    public ReadOnlySpan<byte> GetText(TextRange range) => _text.AsSpan(range.Start, range.Length);

    /// <summary>A piece of text for a message, cut to a sensible length.</summary>
    public string Describe(TextRange range) =>
        range.Length <= LongestDescription ? Encoding.UTF8.GetString(GetText(range)) : Encoding.UTF8.GetString(GetText(range)[..LongestDescription]) + "…";

    private static void Grow<T>(ref T[] array, int count)
    {
        if (count == MostTensors)
        {
            throw new InvalidRequestException($"The request has more than {MostTensors} inputs or outputs.");
        }

        if (count == array.Length)
        {
            Array.Resize(ref array, array.Length * 2);
        }
    }
}
