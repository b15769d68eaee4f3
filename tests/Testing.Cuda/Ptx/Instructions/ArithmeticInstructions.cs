namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Sums, products, quotients, and the lesser and greater of two, of whole and of floating-point numbers.</summary>
internal static class ArithmeticInstructions
{
    public static void AddTo(Dictionary<string, Func<StatementReader, PtxInstruction>> instructions)
    {
        foreach (var opcode in (ReadOnlySpan<string>)["add", "sub", "mul", "mad", "fma", "div", "rem", "min", "max", "abs", "neg"])
        {
            instructions.Add(opcode, static reader => reader.LastType.IsFloat ? AssembleFloating(reader) : AssembleInteger(reader));
        }
    }

    private static Computation AssembleInteger(StatementReader reader)
    {
        var part = reader.Opcode is "mul" or "mad"
            ? reader.TryTakeAny(".lo", ".hi", ".wide") ?? throw reader.Fail($"Instruction '{reader.Opcode}' needs .lo, .hi or .wide")
            : "";
        var isSigned = reader.Opcode is "abs" or "neg";
        var type = reader.TakeType(type => type is { IsInteger: true, Bits: > 8, Kind: not PtxKind.Bits } && (!isSigned || type.Kind == PtxKind.Signed) && (part != ".wide" || type.Bits < 64));
        if (reader.Opcode == "fma")
        {
            throw reader.Fail($"Unexpected instruction types specified for '{reader.Opcode}'");
        }

        var sourceCount = isSigned ? 1 : reader.Opcode == "mad" ? 3 : 2;
        reader.EndModifiers(sourceCount + 1);
        var wide = part == ".wide" ? type with { Bits = type.Bits * 2 } : type;
        return new Computation(
            reader.TakeDestination(wide),
            reader.TakeSource(type),
            sourceCount > 1 ? reader.TakeSource(type) : PtxValue.None,
            sourceCount > 2 ? reader.TakeSource(wide) : PtxValue.None,
            GetInteger(reader.Opcode + part, type, wide))
        { Line = reader.Line, Guard = reader.Guard };
    }

    private static Func<ulong, ulong, ulong, ulong> GetInteger(string operation, PtxType type, PtxType wide)
    {
        var mask = type.Mask;
        return operation switch
        {
            "add" => (a, b, _) => (a + b) & mask,
            "sub" => (a, b, _) => (a - b) & mask,
            "mul.lo" => (a, b, _) => (a * b) & mask,
            "mad.lo" => (a, b, c) => ((a * b) + c) & mask,
            "mul.hi" => (a, b, _) => MultiplyHigh(type, a, b),
            "mad.hi" => (a, b, c) => (MultiplyHigh(type, a, b) + c) & mask,
            "mul.wide" => (a, b, _) => (ulong)(type.Extend(a) * type.Extend(b)) & wide.Mask,
            "mad.wide" => (a, b, c) => ((ulong)(type.Extend(a) * type.Extend(b)) + c) & wide.Mask,
            "div" => (a, b, _) => Divide(type, a, b).Quotient & mask,
            "rem" => (a, b, _) => Divide(type, a, b).Remainder & mask,
            "min" => (a, b, _) => IsLess(type, a, b) ? a : b,
            "max" => (a, b, _) => IsLess(type, a, b) ? b : a,
            "abs" => (a, _, _) => (type.Extend(a) < 0 ? 0 - a : a) & mask,
            _ => (a, _, _) => (0 - a) & mask,
        };
    }

    private static bool IsLess(PtxType type, ulong left, ulong right) => type.Kind == PtxKind.Signed ? type.Extend(left) < type.Extend(right) : left < right;

    private static ulong MultiplyHigh(PtxType type, ulong left, ulong right) => (type.Kind == PtxKind.Signed
        ? (ulong)(((Int128)type.Extend(left) * type.Extend(right)) >> type.Bits)
        : (ulong)(((UInt128)left * right) >> type.Bits)) & type.Mask;

    // In 128 bits, where the least number divided by -1 overflows nothing.
    private static (ulong Quotient, ulong Remainder) Divide(PtxType type, ulong left, ulong right)
    {
        if (type.Kind != PtxKind.Signed)
        {
            return Math.DivRem(left, right);
        }

        var (quotient, remainder) = Int128.DivRem(type.Extend(left), type.Extend(right));
        return (unchecked((ulong)quotient), unchecked((ulong)remainder));
    }

    private static Computation AssembleFloating(StatementReader reader)
    {
        var rounding = reader.TryTakeAny(".rn", ".approx", ".full");
        var flushes = reader.TryTake(".ftz");
        var saturates = reader.TryTake(".sat");
        var keepsNan = reader.TryTake(".NaN");
        var type = reader.TakeType(static type => type.IsFloat);
        CheckFloating(reader, type, rounding, flushes, saturates, keepsNan);
        var sourceCount = reader.Opcode is "abs" or "neg" ? 1 : reader.Opcode is "mad" or "fma" ? 3 : 2;
        reader.EndModifiers(sourceCount + 1);
        var operation = keepsNan ? reader.Opcode + ".NaN" : reader.Opcode;
        return new Computation(
            reader.TakeDestination(type),
            reader.TakeSource(type),
            sourceCount > 1 ? reader.TakeSource(type) : PtxValue.None,
            sourceCount > 2 ? reader.TakeSource(type) : PtxValue.None,
            type.Bits == 32 ? Floating.Wrap(Floating.GetOperation<float>(operation), flushes, saturates) : Floating.Wrap(Floating.GetOperation<double>(operation)))
        {
            Line = reader.Line,
            Guard = reader.Guard,
        };
    }

    private static void CheckFloating(StatementReader reader, PtxType type, string? rounding, bool flushes, bool saturates, bool keepsNan)
    {
        var isRounded = reader.Opcode is "add" or "sub" or "mul" or "mad" or "fma" or "div";
        var isApproximate = rounding is ".approx" or ".full";
        if (reader.Opcode == "rem" || (!isRounded && (rounding is not null || saturates)) || (isApproximate && (reader.Opcode != "div" || type.Bits != 32)) || (saturates && reader.Opcode == "div"))
        {
            throw reader.Fail($"Illegal modifier for instruction '{reader.Opcode}'");
        }

        if (type.Bits == 64 && (flushes || saturates || keepsNan))
        {
            throw reader.Fail($"Illegal modifier for instruction '{reader.Opcode}{type}'");
        }

        if (rounding is null && reader.Opcode is "fma" or "mad" or "div")
        {
            throw reader.Fail($"Rounding modifier required for instruction '{reader.Opcode}'");
        }

        if (keepsNan)
        {
            reader.Require($"{reader.Opcode}.NaN", version: 70, target: 80);
            if (reader.Opcode is not ("min" or "max"))
            {
                throw reader.Fail($"Illegal modifier '.NaN' for instruction '{reader.Opcode}'");
            }
        }
    }
}
