using Camshaft.Testing.Cuda.Ptx.Syntax;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Comparisons, and the choice between two values.</summary>
internal static class ComparisonInstructions
{
    private static readonly string[] Any = [".eq", ".ne"];
    private static readonly string[] Ordered = [.. Any, ".lt", ".le", ".gt", ".ge"];
    private static readonly string[] Unsigned = [.. Ordered, ".lo", ".ls", ".hi", ".hs"];
    private static readonly string[] FloatingPoint = [.. Ordered, ".equ", ".neu", ".ltu", ".leu", ".gtu", ".geu", ".num", ".nan"];

    public static void AddTo(Dictionary<string, Func<StatementReader, PtxInstruction>> instructions)
    {
        instructions.Add("setp", AssembleSetp);
        instructions.Add("selp", AssembleSelp);
    }

    private static Computation AssembleSetp(StatementReader reader)
    {
        var comparison = reader.TryTakeAny([.. Unsigned, .. FloatingPoint]) ?? throw reader.Fail("Comparison modifier required for instruction 'setp'");
        var combination = reader.TryTakeAny(".and", ".or", ".xor");
        var flushes = reader.TryTake(".ftz");
        var type = reader.TakeType(type => type.Bits > 8 && (!flushes || type is { IsFloat: true, Bits: 32 }) && GetComparisons(type).Contains(comparison));
        reader.EndModifiers(combination is null ? 3 : 4);
        var destination = reader.TakeDestination(PtxType.Predicate);
        var (left, right) = (reader.TakeSource(type), reader.TakeSource(type));
        var (third, isNegated) = combination is null ? (PtxValue.None, false) : TakePredicate(reader);
        var compare = GetComparison(type, comparison, flushes);
        return new Computation(destination, left, right, third, combination switch
        {
            null => (a, b, _) => compare(a, b) ? 1u : 0,
            ".and" => (a, b, c) => compare(a, b) && (c != 0) != isNegated ? 1u : 0,
            ".or" => (a, b, c) => compare(a, b) || (c != 0) != isNegated ? 1u : 0,
            _ => (a, b, c) => compare(a, b) != ((c != 0) != isNegated) ? 1u : 0,
        })
        {
            Line = reader.Line,
            Guard = reader.Guard,
        };
    }

    private static (PtxValue Value, bool IsNegated) TakePredicate(StatementReader reader) => reader.TakeOperand() is Operand.Named named
        ? (new PtxValue(reader.FindRegister(named.Name, PtxType.Predicate).Slot, 0), named.IsNegated)
        : throw reader.Mismatch();

    private static string[] GetComparisons(PtxType type) => type.Kind switch
    {
        PtxKind.Bits => Any,
        PtxKind.Signed => Ordered,
        PtxKind.Unsigned => Unsigned,
        _ => FloatingPoint,
    };

    private static Func<ulong, ulong, bool> GetComparison(PtxType type, string comparison, bool flushes)
    {
        if (!type.IsFloat)
        {
            return type.Kind == PtxKind.Signed
                ? GetComparison<long>(comparison) is var signed ? (a, b) => signed(type.Extend(a), type.Extend(b)) : null!
                : GetComparison<ulong>(comparison);
        }

        var compare = GetComparison<double>(comparison);
        return type.Bits == 32
            ? (a, b) => compare(Floating.ToSingle(a, flushes), Floating.ToSingle(b, flushes))
            : (a, b) => compare(BitConverter.UInt64BitsToDouble(a), BitConverter.UInt64BitsToDouble(b));
    }

    // What is no number equals itself alone: so the ordered comparisons are false for it, and those that end with u true.
    private static Func<T, T, bool> GetComparison<T>(string comparison) where T : System.Numerics.INumber<T> => comparison switch
    {
        ".eq" => static (a, b) => a == b,
        ".ne" => static (a, b) => a != b && !T.IsNaN(a) && !T.IsNaN(b),
        ".lt" or ".lo" => static (a, b) => a < b,
        ".le" or ".ls" => static (a, b) => a <= b,
        ".gt" or ".hi" => static (a, b) => a > b,
        ".ge" or ".hs" => static (a, b) => a >= b,
        ".equ" => static (a, b) => a == b || T.IsNaN(a) || T.IsNaN(b),
        ".neu" => static (a, b) => a != b,
        ".ltu" => static (a, b) => !(a >= b),
        ".leu" => static (a, b) => !(a > b),
        ".gtu" => static (a, b) => !(a <= b),
        ".geu" => static (a, b) => !(a < b),
        ".num" => static (a, b) => !T.IsNaN(a) && !T.IsNaN(b),
        _ => static (a, b) => T.IsNaN(a) || T.IsNaN(b),
    };

    private static Computation AssembleSelp(StatementReader reader)
    {
        var type = reader.TakeType(static type => type.Bits > 8);
        reader.EndModifiers(4);
        return new Computation(
            reader.TakeDestination(type), reader.TakeSource(type), reader.TakeSource(type), reader.TakeSource(PtxType.Predicate), static (a, b, c) => c != 0 ? a : b)
        {
            Line = reader.Line,
            Guard = reader.Guard,
        };
    }
}
