namespace Camshaft.Testing.Cuda.Ptx.Execution;

/// <summary>Memory that kernels load from and store to.</summary>
internal abstract class PtxMemory
{
    /// <summary>The bytes that a thread touches.</summary>
    /// <param name="thread">Which thread.</param>
    /// <param name="address">Where; aligned.</param>
    /// <param name="byteSize">How many bytes.</param>
    /// <param name="isWrite">Whether it writes all of them; otherwise it reads them.</param>
    /// <exception cref="Misuse">There is no such memory, or nothing has written it, or another thread touches it without an order between the two.</exception>
    public abstract Span<byte> Access(PtxThread thread, ulong address, int byteSize, bool isWrite);
}
