using Camshaft.Plugins.CudaModules.Expressions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>One argument of a kernel.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Which input, output or scratch; its address is the argument.</param>
/// <param name="Value">The value of a whole number; null for others.</param>
/// <param name="Bits">The bits of a floating-point number.</param>
internal sealed record KernelArgument(ArgumentKind Kind, int Index = 0, Expression? Value = null, long Bits = 0)
{
    /// <summary>How many bytes the kernel has for it.</summary>
    public int ByteSize => Kind is ArgumentKind.Int32 or ArgumentKind.Float32 ? 4 : 8;
}
