using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>
/// Page-locked host memory, of which the copy engines of every device read and write as fast as the bus allows, without the driver
/// copying it first. When the device that it is taken through has failed, it is plain memory: models on other devices go on. Any thread.
/// </summary>
public sealed unsafe class PinnedMemorySource(CudaContext context) : IMemorySource
{
    private const int Alignment = 64;

    private readonly HashSet<nint> _plain = [];

    /// <inheritdoc/>
    public MemoryKind Kind => MemoryKind.PinnedHost;

    /// <inheritdoc/>
    public nint Allocate(nuint byteSize)
    {
        nint address = 0;
        var status = context.TryMakeCurrent();
        status = status == CudaStatus.Success ? context.Api.MemHostAlloc(&address, byteSize, CudaConstants.HostPortable) : status;
        if (IsLost(status))
        {
            return AllocatePlain(byteSize);
        }

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
        lock (_plain)
        {
            if (_plain.Remove(address))
            {
                // The pool owns what Allocate returned, and gives it back once.
                NativeMemory.AlignedFree((void*)address);
                return;
            }
        }

        var status = context.TryMakeCurrent();
        status = status == CudaStatus.Success ? context.Api.MemFreeHost(address) : status;
        if (!IsLost(status))
        {
            context.Api.ThrowIfFailed(status, "cuMemFreeHost");
        }
    }

    // A device that has gone from the bus has no code of its own.
    private static bool IsLost(CudaStatus status) => status.IsSticky || status == CudaStatus.Unknown;

    private nint AllocatePlain(nuint byteSize)
    {
        var address = (nint)NativeMemory.AlignedAlloc(byteSize, Alignment);
        lock (_plain)
        {
            _plain.Add(address);
        }

        return address;
    }
}
