using Camshaft.Backends.Cuda.Native;
using Camshaft.Testing.Cuda.Ptx.Execution;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Where an instruction loads from or stores to.</summary>
/// <param name="Base">An address.</param>
/// <param name="Offset">Bytes from there.</param>
/// <param name="IsShared">Whether it is in shared memory; otherwise in the device's.</param>
internal readonly record struct MemoryPlace(PtxValue Base, long Offset, bool IsShared)
{
    /// <summary>The bytes there.</summary>
    /// <exception cref="Misuse">The address is not aligned, or <see cref="PtxMemory.Access"/> refuses.</exception>
    public Span<byte> Access(PtxThread thread, int byteSize, bool isWrite)
    {
        var address = thread.Read(Base) + (ulong)Offset;
        if (address % (ulong)byteSize != 0)
        {
            throw thread.Fault($"address {address:X} is no multiple of {byteSize}", CudaStatus.MisalignedAddress);
        }

        PtxMemory memory = IsShared ? thread.Block.Shared : thread.Block.Launch.Global;
        return memory.Access(thread, address, byteSize, isWrite);
    }
}
