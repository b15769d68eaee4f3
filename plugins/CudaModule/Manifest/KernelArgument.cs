using Camshaft.Plugins.CudaModules.Expressions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>One argument of a kernel.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Which input, output or scratch; its address is the argument.</param>
/// <param name="Value">The value of a whole number; null for others.</param>
/// <param name="Bits">The bits of a floating-point number.</param>
internal sealed record KernelArgument(string Text, ArgumentKind Kind, int Index = 0, Expression? Value = null, long Bits = 0)
{
    /// <summary>How many bytes the kernel has for it.</summary>
    public int ByteSize => Kind is ArgumentKind.Int32 or ArgumentKind.UInt32 or ArgumentKind.Float32 ? 4 : 8;

    /// <summary>A whole number's bits.</summary>
    /// <exception cref="ExpressionException">It has no value, or one that does not fit its type.</exception>
    public long Evaluate(ReadOnlySpan<long> symbols)
    {
        var value = Value!.Evaluate(symbols);
        var fits = Kind switch
        {
            ArgumentKind.Int32 => value is >= int.MinValue and <= int.MaxValue,
            ArgumentKind.UInt32 => value is >= 0 and <= uint.MaxValue,
            ArgumentKind.UInt64 => value >= 0,
            _ => true,
        };
        return fits ? value : throw new ExpressionException($"its argument '{Text}' is {value}, which does not fit that type");
    }
}
