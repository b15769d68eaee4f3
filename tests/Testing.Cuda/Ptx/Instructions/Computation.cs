using Camshaft.Testing.Cuda.Ptx.Execution;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>An instruction that computes one register from up to three values.</summary>
/// <param name="destination">The register.</param>
/// <param name="first">A value.</param>
/// <param name="second">A value, if there is one.</param>
/// <param name="third">A value, if there is one.</param>
/// <param name="compute">From bits to bits; what is above the register's width is cut off.</param>
internal sealed class Computation(PtxDestination destination, PtxValue first, PtxValue second, PtxValue third, Func<ulong, ulong, ulong, ulong> compute) : PtxInstruction
{
    public override void Execute(PtxThread thread)
    {
        try
        {
            thread.Write(destination, compute(thread.Read(first), thread.Read(second), thread.Read(third)));
        }
        catch (DivideByZeroException)
        {
            throw thread.Fault("divides by zero, which has no defined result");
        }
    }
}
