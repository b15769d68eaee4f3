namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>Text that does not assemble.</summary>
/// <param name="line">Where, from 1 on.</param>
/// <param name="message">What is wrong, in the words of NVIDIA's assembler where they are known.</param>
internal sealed class PtxError(int line, string message) : Exception(message)
{
    public int Line => line;
}
