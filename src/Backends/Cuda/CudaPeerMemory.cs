using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>Another process's device memory, opened here by its handle. That process keeps it for as long.</summary>
public sealed unsafe class CudaPeerMemory : CudaHandle
{
    /// <summary>The bytes of a handle.</summary>
    public const int HandleByteSize = CudaIpcHandle.ByteSize;

    private CudaPeerMemory(CudaContext context, nint address, long byteSize)
        : base(context, address) => ByteSize = byteSize;

    /// <summary>How many bytes lie behind the address, as the driver knows it: nothing that a client says counts beyond.</summary>
    public long ByteSize { get; }

    /// <summary>Opens it.</summary>
    /// <param name="context">The context of the device that the memory is on.</param>
    /// <param name="handle">64 bytes.</param>
    /// <exception cref="CudaException">The handle is of another machine or of this process, or what it names is gone.</exception>
    public static CudaPeerMemory Open(CudaContext context, ReadOnlySpan<byte> handle)
    {
        var copy = CudaIpcHandle.Read(handle);
        nint address, start;
        nuint byteSize;
        context.MakeCurrent();
        context.Api.ThrowIfFailed(context.Api.IpcOpenMemHandle(&address, copy, CudaConstants.IpcLazyPeerAccess), "cuIpcOpenMemHandle");
        var status = context.Api.MemGetAddressRange(&start, &byteSize, address);
        if (status != CudaStatus.Success)
        {
            _ = context.Api.IpcCloseMemHandle(address);
            throw context.Api.CreateException(status, "cuMemGetAddressRange");
        }

        // A handle names an allocation; the address may lie behind its start.
        return new CudaPeerMemory(context, address, (long)byteSize - (address - start));
    }

    private protected override CudaStatus Release() => Api.IpcCloseMemHandle(handle);
}
