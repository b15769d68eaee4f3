namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>What an instruction is given, as it is written.</summary>
internal abstract record Operand
{
    /// <summary>A register, a label or a variable; a predicate may be negated.</summary>
    internal sealed record Named(string Name, bool IsNegated = false) : Operand;

    /// <summary>A whole number, in 64 bits; <paramref name="IsNegative"/> tells -1 from the greatest unsigned one.</summary>
    internal sealed record Integer(ulong Bits, bool IsNegative) : Operand;

    /// <summary>A floating-point number. One that is written as the bits of FP32 goes there unrounded.</summary>
    internal sealed record Floating(double Value, uint? SingleBits) : Operand;

    /// <summary>A place in memory: a register or a variable, and bytes from there.</summary>
    internal sealed record Address(string Name, long Offset) : Operand;

    /// <summary>Several registers, for vectors.</summary>
    internal sealed record Vector(IReadOnlyList<string> Names) : Operand;
}
