using System.Globalization;
using Camshaft.Testing.Cuda.Ptx.Syntax;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>
/// Goes through one statement: first its modifiers, then its operands, each of which has to be what the instruction takes there.
/// </summary>
internal sealed class StatementReader(Statement statement, PtxScope scope)
{
    private int _modifier;
    private int _operand;

    public string Opcode => statement.Opcode;

    public int Line => statement.Line;

    public PtxScope Scope => scope;

    public PtxGuard? Guard => statement.Guard is { } guard ? new PtxGuard(FindRegister(guard.Name, PtxType.Predicate).Slot, guard.IsNegated) : null;

    /// <summary>The type that the last modifier states; none = it states none.</summary>
    public PtxType LastType => statement.Modifiers.Count > 0 && PtxType.TryParse(statement.Modifiers[^1], out var type) ? type : default;

    /// <summary>Takes the next modifier if it is that.</summary>
    public bool TryTake(string modifier)
    {
        var isNext = _modifier < statement.Modifiers.Count && statement.Modifiers[_modifier] == modifier;
        _modifier += isNext ? 1 : 0;
        return isNext;
    }

    /// <summary>Takes the next modifier if it is one of these.</summary>
    /// <returns>Which; null = none.</returns>
    public string? TryTakeAny(params ReadOnlySpan<string> modifiers)
    {
        foreach (var modifier in modifiers)
        {
            if (TryTake(modifier))
            {
                return modifier;
            }
        }

        return null;
    }

    /// <summary>Takes the next modifier, which has to be a type.</summary>
    /// <exception cref="PtxError">It is none that the instruction has.</exception>
    public PtxType TakeType(Func<PtxType, bool> isAllowed)
    {
        if (_modifier == statement.Modifiers.Count)
        {
            throw Fail($"Instruction '{Opcode}' lacks a type");
        }

        if (!PtxType.TryParse(statement.Modifiers[_modifier], out var type))
        {
            throw Fail($"Illegal modifier '{statement.Modifiers[_modifier]}' for instruction '{Opcode}'");
        }

        _modifier++;
        return isAllowed(type) ? type : throw Fail($"Unexpected instruction types specified for '{Opcode}'");
    }

    /// <summary>Ends the modifiers.</summary>
    /// <param name="operandCount">How many operands there have to be.</param>
    /// <exception cref="PtxError">Some are left, or there are more or fewer operands.</exception>
    public void EndModifiers(int operandCount)
    {
        if (_modifier < statement.Modifiers.Count)
        {
            throw Fail($"Illegal modifier '{statement.Modifiers[_modifier]}' for instruction '{Opcode}'");
        }

        if (statement.Operands.Count != operandCount)
        {
            throw Mismatch();
        }
    }

    /// <summary>Needs a version and a target.</summary>
    /// <exception cref="PtxError">The module states less.</exception>
    public void Require(string feature, int version, int target)
    {
        if (scope.Version < version)
        {
            throw Fail(string.Create(CultureInfo.InvariantCulture, $"Feature '{feature}' requires PTX ISA .version {version / 10}.{version % 10} or later"));
        }

        if (scope.Target < target)
        {
            throw Fail($"Feature '{feature}' requires .target sm_{target} or higher");
        }
    }

    /// <summary>The next operand, a register that is written.</summary>
    public PtxDestination TakeDestination(PtxType type, bool mayBeWider = false) => TakeOperand() is Operand.Named { IsNegated: false } named
        ? FindRegister(named.Name, type, mayBeWider)
        : throw Mismatch();

    /// <summary>The next operand, one or several registers that are written or read.</summary>
    public IReadOnlyList<PtxDestination> TakeVector(PtxType type, int count) => TakeOperand() switch
    {
        Operand.Vector vector when vector.Names.Count == count && count > 1 => [.. vector.Names.Select(name => FindRegister(name, type, mayBeWider: true))],
        Operand.Named { IsNegated: false } named when count == 1 => [FindRegister(named.Name, type, mayBeWider: true)],
        _ => throw Mismatch(),
    };

    /// <summary>The next operand, a register or number that is read.</summary>
    public PtxValue TakeSource(PtxType type, bool mayBeWider = false) => ReadSource(TakeOperand(), type, mayBeWider);

    /// <summary>What an operand is that is read.</summary>
    public PtxValue ReadSource(Operand operand, PtxType type, bool mayBeWider = false) => operand switch
    {
        Operand.Named { IsNegated: false } named => new PtxValue(FindRegister(named.Name, type, mayBeWider).Slot, 0),
        Operand.Integer number when type.IsInteger => new PtxValue(-1, Fit(number, type)),
        Operand.Floating number when type.IsFloat || type.Kind == PtxKind.Bits => new PtxValue(-1, GetBits(number, type)),
        _ => throw Mismatch(),
    };

    /// <summary>The next operand, as it is written.</summary>
    public Operand TakeOperand() => statement.Operands[_operand++];

    /// <summary>A register by its name.</summary>
    /// <exception cref="PtxError">It is not declared, or of another type.</exception>
    public PtxDestination FindRegister(string name, PtxType type, bool mayBeWider = false)
    {
        var register = scope.FindRegister(name) ?? throw (IsKnown(name) ? Mismatch() : Fail($"Unknown symbol '{name}'"));
        return (mayBeWider ? type.TakesWider(register.Type) : type.Takes(register.Type)) ? new PtxDestination(register.Slot, register.Type.Mask) : throw Mismatch();
    }

    public PtxError Mismatch() => Fail($"Arguments mismatch for instruction '{Opcode}'");

    public PtxError Fail(string message) => new(Line, message);

    private bool IsKnown(string name) => scope.FindLabel(name) is not null || scope.FindParameter(name) is not null || scope.FindShared(name) is not null || SpecialRegister.All.ContainsKey(name);

    private ulong Fit(Operand.Integer number, PtxType type)
    {
        var fits = type.Bits == 64 || (number.IsNegative ? (long)number.Bits >= -(1L << (type.Bits - 1)) : number.Bits <= type.Mask);
        return fits ? number.Bits & type.Mask : throw Fail($"Value out of range for type '{type}' of instruction '{Opcode}'");
    }

    private ulong GetBits(Operand.Floating number, PtxType type) => type.Bits switch
    {
        32 => number.SingleBits ?? BitConverter.SingleToUInt32Bits((float)number.Value),
        64 when number.SingleBits is null => BitConverter.DoubleToUInt64Bits(number.Value),
        _ => throw Mismatch(),
    };
}
