using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>A device's memory, taken and given back in the order of streams. Any thread.</summary>
public sealed unsafe class CudaMemoryPool : CudaHandle
{
    private CudaMemoryPool(CudaContext context, nint value)
        : base(context, value)
    {
    }

    /// <summary>How many bytes of the device it keeps for the next time, while nothing uses them.</summary>
    /// <exception cref="CudaException">The device does not answer.</exception>
    public long UnusedByteSize => Math.Max(0, Read(CudaConstants.PoolReserved) - Read(CudaConstants.PoolUsed));

    /// <summary>Makes an empty pool.</summary>
    /// <param name="context">Whose memory.</param>
    /// <param name="ordinal">The device's number.</param>
    /// <param name="keptByteSize">How many bytes it keeps for the next time when nothing uses them.</param>
    public static CudaMemoryPool Create(CudaContext context, int ordinal, long keptByteSize)
    {
        var properties = new CudaPoolProperties
        {
            AllocationType = CudaPoolProperties.Pinned,
            LocationType = CudaPoolProperties.LocationDevice,
            LocationId = ordinal,
        };
        nint made;
        context.MakeCurrent();
        context.Api.ThrowIfFailed(context.Api.MemPoolCreate(&made, &properties), "cuMemPoolCreate");
        var pool = new CudaMemoryPool(context, made);
        var threshold = (ulong)keptByteSize;
        var status = context.Api.MemPoolSetAttribute(made, CudaConstants.PoolReleaseThreshold, &threshold);
        if (status != CudaStatus.Success)
        {
            pool.Dispose();
            throw context.Api.CreateException(status, "cuMemPoolSetAttribute");
        }

        return pool;
    }

    /// <summary>Takes memory for what is enqueued on a stream from now on; for other streams once they have waited for that.</summary>
    /// <returns>The address, aligned to 256; 0 = there is not that much left.</returns>
    /// <exception cref="CudaException">The device does not answer.</exception>
    public nint TryAllocate(long byteSize, CudaStream stream)
    {
        nint address;
        var status = Api.MemAllocFromPoolAsync(&address, (nuint)byteSize, Value, stream.Value);
        if (status == CudaStatus.OutOfMemory)
        {
            return 0;
        }

        Api.ThrowIfFailed(status, "cuMemAllocFromPoolAsync");
        return address;
    }

    /// <summary>Gives memory back once a stream has run what it has by now. What other streams do with it has run, or the stream has waited for it.</summary>
    public void Free(nint address, CudaStream stream) => Api.ThrowIfFailed(Api.MemFreeAsync(address, stream.Value), "cuMemFreeAsync");

    /// <summary>Gives what is kept and unused back to the device.</summary>
    public void Trim() => Api.ThrowIfFailed(Api.MemPoolTrimTo(Value, 0), "cuMemPoolTrimTo");

    private protected override CudaStatus Release() => Api.MemPoolDestroy(handle);

    private long Read(int attribute)
    {
        ulong value;
        Api.ThrowIfFailed(Api.MemPoolGetAttribute(Value, attribute, &value), "cuMemPoolGetAttribute");
        return (long)value;
    }
}
