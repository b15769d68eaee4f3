using Camshaft.Testing.Cuda.Ptx.Syntax;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>What brings a value from one place or type to another: <c>mov</c>, <c>cvt</c>, <c>cvta</c>.</summary>
internal static class ConversionInstructions
{
    public static void AddTo(Dictionary<string, Func<StatementReader, PtxInstruction>> instructions)
    {
        instructions.Add("mov", AssembleMove);
        instructions.Add("cvt", AssembleConversion);
        instructions.Add("cvta", AssembleAddress);
    }

    private static Computation AssembleMove(StatementReader reader)
    {
        var type = reader.TakeType(static type => type.Bits is 1 or > 8);
        reader.EndModifiers(2);
        return new Computation(reader.TakeDestination(type), TakeMoved(reader, type), PtxValue.None, PtxValue.None, static (a, _, _) => a) { Line = reader.Line, Guard = reader.Guard };
    }

    // Here alone a special register or the address of a variable may stand.
    private static PtxValue TakeMoved(StatementReader reader, PtxType type)
    {
        var isAddress = type is { IsInteger: true, Bits: >= 32 };
        return reader.TakeOperand() switch
        {
            Operand.Named { IsNegated: false } named when PtxType.U32.Bits == type.Bits && type.IsInteger && reader.Scope.FindSpecial(named.Name) is { } slot => new PtxValue(slot, 0),
            Operand.Named { IsNegated: false } named when isAddress && reader.Scope.FindShared(named.Name) is { } address => new PtxValue(-1, (ulong)address),
            var operand => reader.ReadSource(operand, type),
        };
    }

    private static Computation AssembleConversion(StatementReader reader)
    {
        var rounding = reader.TryTakeAny(".rni", ".rzi", ".rmi", ".rpi", ".rn");
        var flushes = reader.TryTake(".ftz");
        var saturates = reader.TryTake(".sat");
        var to = reader.TakeType(static type => type.Kind is not (PtxKind.Predicate or PtxKind.Bits));
        var from = reader.TakeType(static type => type.Kind is not (PtxKind.Predicate or PtxKind.Bits));
        var needed = (from.IsFloat, to.IsFloat) switch
        {
            (true, false) => ".rni .rzi .rmi .rpi",
            (false, true) => ".rn",
            (true, true) when to.Bits < from.Bits => ".rn",
            _ => "",
        };
        if (needed.Length > 0 ? rounding is null : rounding is not null)
        {
            throw reader.Fail(needed.Length > 0 ? "Rounding modifier required for instruction 'cvt'" : $"Illegal modifier '{rounding}' for instruction 'cvt'");
        }

        if ((rounding is not null && !needed.Split(' ').Contains(rounding)) || saturates || (flushes && !(from.IsFloat && from.Bits == 32)))
        {
            throw reader.Fail("Illegal modifier for instruction 'cvt'");
        }

        reader.EndModifiers(2);
        return new Computation(
            reader.TakeDestination(to, mayBeWider: true), reader.TakeSource(from, mayBeWider: true), PtxValue.None, PtxValue.None, GetConversion(from, to, rounding, flushes))
        {
            Line = reader.Line,
            Guard = reader.Guard,
        };
    }

    private static Func<ulong, ulong, ulong, ulong> GetConversion(PtxType from, PtxType to, string? rounding, bool flushes)
    {
        Func<ulong, double> read = from.Bits == 32 ? bits => Floating.ToSingle(bits, flushes) : BitConverter.UInt64BitsToDouble;
        return (from.IsFloat, to.IsFloat) switch
        {
            (true, false) => (a, _, _) => (ulong)to.Extend(ToInteger(Round(read(a), rounding), to)),
            (true, true) => (a, _, _) => Write(read(a), to),
            (false, true) when from.Kind == PtxKind.Signed => (a, _, _) => to.Bits == 32 ? Floating.ToBits(from.Extend(a)) : Write(from.Extend(a), to),
            (false, true) => (a, _, _) => to.Bits == 32 ? Floating.ToBits(a & from.Mask) : Write(a & from.Mask, to),

            // A register that is wider than the type gets the sign too.
            _ => (a, _, _) => (ulong)to.Extend((ulong)from.Extend(a)),
        };
    }

    private static ulong Write(double number, PtxType to) => to.Bits == 32 ? Floating.ToBits((float)number) : BitConverter.DoubleToUInt64Bits(number);

    private static double Round(double number, string? rounding) => rounding switch
    {
        ".rni" => Math.Round(number, MidpointRounding.ToEven),
        ".rmi" => Math.Floor(number),
        ".rpi" => Math.Ceiling(number),
        _ => Math.Truncate(number),
    };

    // What does not fit becomes the nearest that does, and what is no number zero.
    private static ulong ToInteger(double number, PtxType to)
    {
        var isSigned = to.Kind == PtxKind.Signed;
        var least = isSigned ? -Math.Pow(2, to.Bits - 1) : 0;
        var greatest = Math.Pow(2, isSigned ? to.Bits - 1 : to.Bits);
        if (double.IsNaN(number))
        {
            return 0;
        }

        return number <= least ? (isSigned ? 1UL << (to.Bits - 1) : 0)
            : number >= greatest ? to.Mask >> (isSigned ? 1 : 0)
            : isSigned ? (ulong)(long)number & to.Mask : (ulong)number;
    }

    // Global memory lies at the same addresses in the generic space. Other spaces the simulation does not map there.
    private static Computation AssembleAddress(StatementReader reader)
    {
        reader.TryTake(".to");
        if (!reader.TryTake(".global"))
        {
            throw reader.Fail("The simulation knows 'cvta' for .global alone");
        }

        var type = reader.TakeType(static type => type is { Kind: PtxKind.Unsigned, Bits: 64 });
        reader.EndModifiers(2);
        return new Computation(reader.TakeDestination(type), reader.TakeSource(type), PtxValue.None, PtxValue.None, static (a, _, _) => a) { Line = reader.Line, Guard = reader.Guard };
    }
}
