using Camshaft.Testing.Cuda.Ptx.Syntax;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Loads and stores.</summary>
internal static class MemoryInstructions
{
    public static void AddTo(Dictionary<string, Func<StatementReader, PtxInstruction>> instructions)
    {
        instructions.Add("ld", AssembleLoad);
        instructions.Add("st", AssembleStore);
    }

    private static PtxInstruction AssembleLoad(StatementReader reader)
    {
        var space = reader.TryTakeAny(".param", ".global", ".shared");
        _ = reader.TryTakeAny(".ca", ".cg", ".cs", ".cv");
        if (space == ".global" && reader.TryTake(".nc"))
        {
            reader.Require("ld.global.nc", version: 31, target: 32);
        }

        var count = TakeCount(reader);
        var type = reader.TakeType(type => IsAllowed(type, count));
        reader.EndModifiers(2);
        var destinations = reader.TakeVector(type, count);
        var address = reader.TakeOperand() as Operand.Address ?? throw reader.Mismatch();
        return space == ".param" ? AssembleParameter(reader, type, destinations, address) : new Load(GetPlace(reader, address, space), type, destinations) { Line = reader.Line, Guard = reader.Guard };
    }

    private static ParameterLoad AssembleParameter(StatementReader reader, PtxType type, IReadOnlyList<PtxDestination> destinations, Operand.Address address)
    {
        var index = reader.Scope.FindParameter(address.Name) ?? throw reader.Fail($"Unknown symbol '{address.Name}'");
        var end = reader.Scope.Parameters[index].ByteSize - (type.ByteSize * destinations.Count);
        return address.Offset >= 0 && address.Offset <= end && address.Offset % (type.ByteSize * destinations.Count) == 0
            ? new ParameterLoad(index, (int)address.Offset, type, destinations) { Line = reader.Line, Guard = reader.Guard }
            : throw reader.Fail($"Parameter '{address.Name}' of {reader.Scope.Parameters[index].ByteSize} bytes is read outside of its bytes, or not aligned");
    }

    private static PtxInstruction AssembleStore(StatementReader reader)
    {
        var space = reader.TryTakeAny(".global", ".shared");
        _ = reader.TryTakeAny(".wb", ".cg", ".cs", ".wt");
        var count = TakeCount(reader);
        var type = reader.TakeType(type => IsAllowed(type, count));
        reader.EndModifiers(2);
        var address = reader.TakeOperand() as Operand.Address ?? throw reader.Mismatch();
        var place = GetPlace(reader, address, space);
        PtxValue[] sources = count == 1 ? [reader.TakeSource(type, mayBeWider: true)] : [.. reader.TakeVector(type, count).Select(static register => new PtxValue(register.Slot, 0))];
        return new Store(place, type, sources) { Line = reader.Line, Guard = reader.Guard };
    }

    private static int TakeCount(StatementReader reader) => reader.TryTakeAny(".v2", ".v4") switch
    {
        ".v2" => 2,
        ".v4" => 4,
        _ => 1,
    };

    private static bool IsAllowed(PtxType type, int count) => type.Kind != PtxKind.Predicate && type.Bits * count <= 128;

    // Without a space an address is generic, and in the simulation that of global memory.
    private static MemoryPlace GetPlace(StatementReader reader, Operand.Address address, string? space)
    {
        var isShared = space == ".shared";
        if (isShared && reader.Scope.FindShared(address.Name) is { } variable)
        {
            return new MemoryPlace(new PtxValue(-1, (ulong)variable), address.Offset, isShared);
        }

        var register = reader.Scope.FindRegister(address.Name) ?? throw reader.Fail($"Unknown symbol '{address.Name}'");
        return register.Type is { IsInteger: true } type && (type.Bits == 64 || (isShared && type.Bits == 32))
            ? new MemoryPlace(new PtxValue(register.Slot, 0), address.Offset, isShared)
            : throw reader.Mismatch();
    }
}
