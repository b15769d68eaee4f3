using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>Locks pages of memory that is there already, a shared region for example, for copies. Ends before that memory does.</summary>
public sealed unsafe class CudaHostRegistration : CudaHandle
{
    private CudaHostRegistration(CudaContext context, nint address)
        : base(context, address)
    {
    }

    /// <summary>Locks them.</summary>
    /// <exception cref="CudaException">The system does not allow it, or the memory is locked already.</exception>
    public static CudaHostRegistration Create(CudaContext context, nint address, long byteSize)
    {
        context.MakeCurrent();
        context.Api.ThrowIfFailed(context.Api.MemHostRegister(address, (nuint)byteSize, CudaConstants.HostPortable), "cuMemHostRegister");
        return new CudaHostRegistration(context, address);
    }

    private protected override CudaStatus Release() => Api.MemHostUnregister(handle);
}
