using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>
/// Device memory that is taken and given back at once, outside any stream: the kind that another process can be given a handle to.
/// Disposed when nothing on the device uses it any more.
/// </summary>
public sealed unsafe class CudaMemory : CudaHandle
{
    private CudaMemory(CudaContext context, nint address, long byteSize)
        : base(context, address) => ByteSize = byteSize;

    /// <summary>How many bytes it has.</summary>
    public long ByteSize { get; }

    /// <summary>Takes memory.</summary>
    /// <exception cref="CudaException">There is not that much left.</exception>
    public static CudaMemory Allocate(CudaContext context, long byteSize)
    {
        nint address;
        context.MakeCurrent();
        context.Api.ThrowIfFailed(context.Api.MemAlloc(&address, (nuint)byteSize), "cuMemAlloc");
        return new CudaMemory(context, address, byteSize);
    }

    /// <summary>Writes a handle by which another process on this machine can open the memory, while it lives.</summary>
    /// <param name="handle">64 bytes.</param>
    public void Export(Span<byte> handle)
    {
        CudaIpcHandle made;
        Context.MakeCurrent();
        Api.ThrowIfFailed(Api.IpcGetMemHandle(&made, Value), "cuIpcGetMemHandle");
        made.Write(handle);
    }

    private protected override CudaStatus Release() => Api.MemFree(handle);
}
