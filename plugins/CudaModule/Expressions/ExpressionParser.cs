using System.Globalization;

namespace Camshaft.Plugins.CudaModules.Expressions;

/// <summary>
/// Reads expressions: whole numbers, symbols, <c>+ - * / %</c>, parentheses, <c>ceil_div(a, b)</c>, <c>min(a, b)</c>, <c>max(a, b)</c>.
/// What is long or deeply nested is refused.
/// </summary>
internal sealed class ExpressionParser
{
    private const int LongestText = 200;
    private const int MostInstructions = 64;

    private readonly string _text;
    private readonly IReadOnlyList<string> _symbols;
    private readonly List<Instruction> _instructions = [];
    private int _position;
    private int _depth;

    private ExpressionParser(string text, IReadOnlyList<string> symbols)
    {
        _text = text;
        _symbols = symbols;
    }

    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="symbols">The symbols that it may have.</param>
    /// <exception cref="ExpressionException">It is none.</exception>
    public static Expression Parse(string text, IReadOnlyList<string> symbols)
    {
        if (text.Length > LongestText)
        {
            throw new ExpressionException($"an expression has {text.Length} characters; at most {LongestText} are allowed");
        }

        var parser = new ExpressionParser(text, symbols);
        parser.ReadSum();
        parser.SkipSpace();
        return parser._position == text.Length ? new Expression(text, [.. parser._instructions]) : throw parser.Fail("an operator");
    }

    private void ReadSum()
    {
        ReadProduct();
        while (TryTake('+') is var isSum && (isSum || TryTake('-')))
        {
            ReadProduct();
            Add(new Instruction(isSum ? Operation.Add : Operation.Subtract));
        }
    }

    private void ReadProduct()
    {
        ReadFactor();
        while (true)
        {
            SkipSpace();
            Operation? operation = (_position < _text.Length ? _text[_position] : '\0') switch
            {
                '*' => Operation.Multiply,
                '/' => Operation.Divide,
                '%' => Operation.Remainder,
                _ => null,
            };
            if (operation is null)
            {
                return;
            }

            _position++;
            ReadFactor();
            Add(new Instruction(operation.Value));
        }
    }

    private void ReadFactor()
    {
        if (++_depth > Expression.DeepestStack / 2)
        {
            throw new ExpressionException($"'{_text}' is nested too deeply");
        }

        SkipSpace();
        if (TryTake('('))
        {
            ReadSum();
            Expect(')');
        }
        else if (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
        {
            ReadNumber();
        }
        else
        {
            ReadName();
        }

        _depth--;
    }

    private void ReadNumber()
    {
        var digits = TakeWhile(char.IsAsciiDigit);
        Add(long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Instruction(Operation.Number, number)
            : throw new ExpressionException($"'{digits}' in '{_text}' does not fit 64 bits"));
    }

    private void ReadName()
    {
        var name = TakeWhile(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
        if (name.Length == 0)
        {
            throw Fail("a number, a symbol or '('");
        }

        if (TryTake('('))
        {
            ReadSum();
            Expect(',');
            ReadSum();
            Expect(')');
            Add(new Instruction(name switch
            {
                "ceil_div" => Operation.CeilingDivide,
                "min" => Operation.Minimum,
                "max" => Operation.Maximum,
                _ => throw new ExpressionException($"'{name}' in '{_text}' is no function; there are ceil_div, min and max"),
            }));
            return;
        }

        var index = _symbols.ToList().IndexOf(name);
        Add(index >= 0
            ? new Instruction(Operation.Symbol, index)
            : throw new ExpressionException($"'{name}' in '{_text}' is no symbol; the inputs' shapes have {(_symbols.Count > 0 ? string.Join(", ", _symbols) : "none")}"));
    }

    private void Add(Instruction instruction)
    {
        if (_instructions.Count == MostInstructions)
        {
            throw new ExpressionException($"'{_text}' has more than {MostInstructions} parts");
        }

        _instructions.Add(instruction);
    }

    private string TakeWhile(Func<char, bool> isTaken)
    {
        var start = _position;
        while (_position < _text.Length && isTaken(_text[_position]))
        {
            _position++;
        }

        return _text[start.._position];
    }

    private bool TryTake(char expected)
    {
        SkipSpace();
        if (_position == _text.Length || _text[_position] != expected)
        {
            return false;
        }

        _position++;
        return true;
    }

    private void Expect(char expected)
    {
        if (!TryTake(expected))
        {
            throw Fail($"'{expected}'");
        }
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && _text[_position] == ' ')
        {
            _position++;
        }
    }

    private ExpressionException Fail(string expected) => new(
        $"'{_text}' {(_position < _text.Length ? $"has '{_text[_position]}' at {_position + 1}" : "ends")}; expected {expected}");
}
