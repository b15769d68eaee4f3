using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>
/// Page-locked host memory, of which the copy engines of every device read and write as fast as the bus allows, without the driver
/// copying it first. Any thread.
/// </summary>
public sealed unsafe class PinnedMemorySource(CudaContext context) : IMemorySource
{
    /// <inheritdoc/>
    public MemoryKind Kind => MemoryKind.PinnedHost;

    /// <inheritdoc/>
    public nint Allocate(nuint byteSize)
    {
        nint address;
        context.MakeCurrent();
        var status = context.Api.MemHostAlloc(&address, byteSize, CudaConstants.HostPortable);
        if (status == CudaStatus.OutOfMemory)
        {
            throw new InsufficientMemoryException($"The system has no {byteSize} bytes of memory to lock for the GPU.");
        }

        context.Api.ThrowIfFailed(status, "cuMemHostAlloc");
        return address;
    }

    /// <inheritdoc/>
    public void Free(nint address, nuint byteSize)
    {
        context.MakeCurrent();
        context.Api.ThrowIfFailed(context.Api.MemFreeHost(address), "cuMemFreeHost");
    }
}
