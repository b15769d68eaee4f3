using System.Globalization;

namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>Goes through tokens, one after the other.</summary>
internal sealed class TokenReader(IReadOnlyList<PtxToken> tokens)
{
    private int _position;

    public PtxToken Current => tokens[_position];

    public PtxToken Following => tokens[Math.Min(_position + 1, tokens.Count - 1)];

    public PtxToken Take() => Current.Kind == PtxTokenKind.End ? throw Fail() : tokens[_position++];

    public bool TryTake(char symbol)
    {
        var isNext = Current.Is(symbol);
        _position += isNext ? 1 : 0;
        return isNext;
    }

    public bool TryTakeDotted(string text)
    {
        var isNext = Current.IsDotted(text);
        _position += isNext ? 1 : 0;
        return isNext;
    }

    public void Expect(char symbol)
    {
        if (!TryTake(symbol))
        {
            throw Fail();
        }
    }

    public string ExpectWord() => Current.Kind == PtxTokenKind.Word ? Take().Text : throw Fail();

    /// <summary>A whole number that is no more than an <see cref="int"/>.</summary>
    public int ExpectCount() => Current.Kind == PtxTokenKind.Number && int.TryParse(Current.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? (Take(), count).count
        : throw Fail();

    public PtxType ExpectType() => Current.Kind == PtxTokenKind.Dotted && PtxType.TryParse(Current.Text, out var type) ? (Take(), type).type : throw Fail();

    public PtxError Fail() => new(Current.Line, $"Parsing error near '{Current.Text}': syntax error");
}
