using System.Globalization;

namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>Reads what stands in a kernel's body: labels and instructions.</summary>
internal sealed class StatementParser(TokenReader tokens)
{
    /// <summary>Reads one, and adds it.</summary>
    /// <exception cref="PtxError">It is neither.</exception>
    public void Read(KernelText kernel)
    {
        var line = tokens.Current.Line;
        if (tokens.Current.Kind == PtxTokenKind.Word && tokens.Following.Is(':'))
        {
            kernel.Labels.Add((line, tokens.Take().Text, kernel.Statements.Count));
            tokens.Expect(':');
            return;
        }

        var guard = tokens.TryTake('@') ? ReadNamed() : null;
        var opcode = tokens.ExpectWord();
        List<string> modifiers = [];
        while (tokens.Current.Kind == PtxTokenKind.Dotted)
        {
            modifiers.Add(tokens.Take().Text);
        }

        List<Operand> operands = [];
        while (!tokens.TryTake(';'))
        {
            if (operands.Count > 0)
            {
                tokens.Expect(',');
            }

            operands.Add(ReadOperand());
        }

        kernel.Statements.Add(new Statement(line, guard, opcode, modifiers, operands));
    }

    private Operand ReadOperand()
    {
        if (tokens.TryTake('['))
        {
            var name = tokens.ExpectWord();
            var isNegative = tokens.TryTake('-');
            var offset = isNegative || tokens.TryTake('+') ? (long)ReadInteger(tokens.TryTake('-')).Bits : 0;
            tokens.Expect(']');
            return new Operand.Address(name, isNegative ? -offset : offset);
        }

        if (tokens.TryTake('{'))
        {
            List<string> names = [];
            do
            {
                names.Add(tokens.ExpectWord());
            }
            while (tokens.TryTake(','));
            tokens.Expect('}');
            return new Operand.Vector(names);
        }

        return tokens.Current.Is('!') || tokens.Current.Kind == PtxTokenKind.Word ? ReadNamed() : ReadNumber();
    }

    // A special register has its direction behind a dot.
    private Operand.Named ReadNamed()
    {
        var isNegated = tokens.TryTake('!');
        var name = tokens.ExpectWord();
        return new Operand.Named(tokens.Current.Kind == PtxTokenKind.Dotted ? name + tokens.Take().Text : name, isNegated);
    }

    private Operand ReadNumber()
    {
        var isNegative = tokens.TryTake('-');
        var text = tokens.Current.Kind == PtxTokenKind.Number ? tokens.Current.Text : throw tokens.Fail();
        if (text is ['0', 'f' or 'F', .. { Length: 8 } single] && uint.TryParse(single, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) && !isNegative)
        {
            tokens.Take();
            return new Operand.Floating(BitConverter.UInt32BitsToSingle(bits), bits);
        }

        if (text is ['0', 'd' or 'D', .. { Length: 16 } wide] && ulong.TryParse(wide, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var wideBits) && !isNegative)
        {
            tokens.Take();
            return new Operand.Floating(BitConverter.UInt64BitsToDouble(wideBits), null);
        }

        if (text.Contains('.') && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            tokens.Take();
            return new Operand.Floating(isNegative ? -number : number, null);
        }

        return ReadInteger(isNegative);
    }

    private Operand.Integer ReadInteger(bool isNegative)
    {
        var text = tokens.Current.Kind == PtxTokenKind.Number ? tokens.Current.Text.TrimEnd('U') : throw tokens.Fail();
        var isRead = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

        // A zero before a number makes it octal, which nobody means.
        if (!isRead || (text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1])))
        {
            throw tokens.Fail();
        }

        tokens.Take();
        return new Operand.Integer(isNegative ? 0 - number : number, isNegative);
    }
}
