namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>Cuts PTX into tokens; comments and white space go.</summary>
internal sealed class PtxLexer(string text)
{
    private int _position;
    private int _line = 1;

    /// <summary>The tokens, the last of them <see cref="PtxTokenKind.End"/>.</summary>
    /// <exception cref="PtxError">A letter means nothing.</exception>
    public static List<PtxToken> Read(string text)
    {
        var lexer = new PtxLexer(text);
        var tokens = new List<PtxToken>();
        do
        {
            tokens.Add(lexer.Next());
        }
        while (tokens[^1].Kind != PtxTokenKind.End);

        return tokens;
    }

    private static bool IsWord(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '$' or '%';

    private PtxToken Next()
    {
        SkipSpace();
        if (_position == text.Length)
        {
            return new PtxToken(PtxTokenKind.End, "end of file", _line);
        }

        var letter = text[_position];
        return letter switch
        {
            '.' when _position + 1 < text.Length && IsWord(text[_position + 1]) => Take(PtxTokenKind.Dotted, 1, static letter => IsWord(letter) || letter == ':'),
            _ when char.IsAsciiDigit(letter) => Take(PtxTokenKind.Number, 0, static letter => IsWord(letter) || letter == '.'),
            _ when IsWord(letter) => Take(PtxTokenKind.Word, 0, IsWord),
            _ when "{}()[]<>,;:+-!@|=".Contains(letter) => Take(PtxTokenKind.Symbol, 1, static _ => false),
            _ => throw new PtxError(_line, $"Unexpected character '{letter}'"),
        };
    }

    private PtxToken Take(PtxTokenKind kind, int length, Func<char, bool> goesOn)
    {
        var start = _position;
        for (_position += length; _position < text.Length && goesOn(text[_position]); _position++)
        {
        }

        return new PtxToken(kind, text[start.._position], _line);
    }

    private void SkipSpace()
    {
        while (_position < text.Length)
        {
            var rest = text.AsSpan(_position);
            if (rest.StartsWith("//"))
            {
                _position += rest.IndexOf('\n') is >= 0 and var end ? end : rest.Length;
            }
            else if (rest.StartsWith("/*"))
            {
                var length = rest.IndexOf("*/") is >= 0 and var end ? end + 2 : throw new PtxError(_line, "Unterminated comment");
                _line += rest[..length].Count('\n');
                _position += length;
            }
            else if (char.IsWhiteSpace(rest[0]))
            {
                _line += rest[0] == '\n' ? 1 : 0;
                _position++;
            }
            else
            {
                return;
            }
        }
    }
}
