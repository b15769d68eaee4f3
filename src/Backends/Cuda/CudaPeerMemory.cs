using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>
/// Another process's device memory, opened here by its handle. The driver keeps it for as long when that process ends; what becomes of it
/// when that process frees it before, CUDA leaves open.
/// </summary>
public sealed unsafe class CudaPeerMemory : CudaHandle
{
    /// <summary>The bytes of a handle.</summary>
    public const int HandleByteSize = CudaIpcHandle.ByteSize;

    private CudaPeerMemory(CudaContext context, nint address)
        : base(context, address)
    {
    }

    /// <summary>How many bytes lie behind the address, as the driver knows it: nothing that a client says counts beyond.</summary>
    public long ByteSize { get; private set; }

    /// <summary>The number of the device that has the memory. Where GPUs reach each other's, it need not be the context's.</summary>
    public int DeviceOrdinal { get; private set; }

    /// <summary>Opens it.</summary>
    /// <param name="context">The context of the device that the memory is on.</param>
    /// <param name="handle">64 bytes.</param>
    /// <exception cref="CudaException">The handle is of another machine or of this process, or what it names is gone.</exception>
    public static CudaPeerMemory Open(CudaContext context, ReadOnlySpan<byte> handle)
    {
        var copy = CudaIpcHandle.Read(handle);
        nint address;
        context.MakeCurrent();
        context.Api.ThrowIfFailed(context.Api.IpcOpenMemHandle(&address, copy, CudaConstants.IpcLazyPeerAccess), "cuIpcOpenMemHandle");
        var memory = new CudaPeerMemory(context, address);
        try
        {
            memory.Measure();
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private protected override CudaStatus Release() => Api.IpcCloseMemHandle(handle);

    private void Measure()
    {
        nint start;
        nuint byteSize;
        int ordinal;
        Api.ThrowIfFailed(Api.MemGetAddressRange(&start, &byteSize, Value), "cuMemGetAddressRange");
        Api.ThrowIfFailed(Api.PointerGetAttribute(&ordinal, CudaConstants.PointerDeviceOrdinal, Value), "cuPointerGetAttribute");

        // A handle names an allocation; the address may lie behind its start.
        ByteSize = (long)byteSize - (Value - start);
        DeviceOrdinal = ordinal;
    }
}
