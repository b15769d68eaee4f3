namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Operations on bits, and shifts.</summary>
internal static class LogicInstructions
{
    public static void AddTo(Dictionary<string, Func<StatementReader, PtxInstruction>> instructions)
    {
        foreach (var opcode in (ReadOnlySpan<string>)["and", "or", "xor", "not"])
        {
            instructions.Add(opcode, Assemble);
        }

        instructions.Add("shl", AssembleShift);
        instructions.Add("shr", AssembleShift);
    }

    private static Computation Assemble(StatementReader reader)
    {
        var type = reader.TakeType(static type => type is { Kind: PtxKind.Bits, Bits: > 8 } or { Kind: PtxKind.Predicate });
        var isUnary = reader.Opcode == "not";
        reader.EndModifiers(isUnary ? 2 : 3);
        var mask = type.Mask;
        return new Computation(
            reader.TakeDestination(type),
            reader.TakeSource(type),
            isUnary ? PtxValue.None : reader.TakeSource(type),
            PtxValue.None,
            reader.Opcode switch
            {
                "and" => static (a, b, _) => a & b,
                "or" => static (a, b, _) => a | b,
                "xor" => static (a, b, _) => a ^ b,
                _ => (a, _, _) => ~a & mask,
            })
        {
            Line = reader.Line,
            Guard = reader.Guard,
        };
    }

    // By 32 bits whatever the type; by more than the width is by the width.
    private static Computation AssembleShift(StatementReader reader)
    {
        var isLeft = reader.Opcode == "shl";
        var type = reader.TakeType(type => type is { IsInteger: true, Bits: > 8 } && (!isLeft || type.Kind == PtxKind.Bits));
        reader.EndModifiers(3);
        return new Computation(
            reader.TakeDestination(type),
            reader.TakeSource(type),
            reader.TakeSource(PtxType.U32),
            PtxValue.None,
            isLeft ? (a, b, _) => b >= (ulong)type.Bits ? 0 : (a << (int)b) & type.Mask
                : type.Kind == PtxKind.Signed ? (a, b, _) => (ulong)(type.Extend(a) >> (int)Math.Min(b, (ulong)type.Bits - 1)) & type.Mask
                : (a, b, _) => b >= (ulong)type.Bits ? 0 : a >> (int)b)
        {
            Line = reader.Line,
            Guard = reader.Guard,
        };
    }
}
