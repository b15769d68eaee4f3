using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>Owns one of the driver's objects, and keeps its context meanwhile. Disposed when nothing uses it any more, by any thread.</summary>
public abstract class CudaHandle : SafeHandle
{
    /// <summary>Takes ownership.</summary>
    /// <param name="context">What the object belongs to.</param>
    /// <param name="value">The object; never 0.</param>
    private protected CudaHandle(CudaContext context, nint value)
        : base(0, ownsHandle: true)
    {
        var isKept = false;
        context.DangerousAddRef(ref isKept);
        Context = context;
        SetHandle(value);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The driver's handle or address, for calls made while this is not disposed.</summary>
    public nint Value => handle;

    /// <summary>What the object belongs to.</summary>
    public CudaContext Context { get; }

    internal CudaApi Api => Context.Api;

    /// <summary>Gives the object back to the driver.</summary>
    private protected abstract CudaStatus Release();

    /// <inheritdoc/>
    protected sealed override unsafe bool ReleaseHandle()
    {
        // Of a device that has failed the driver takes nothing back, and what it says to that is no news.
        _ = Context.TryMakeCurrent();
        var status = Release();
        Context.DangerousRelease();
        return status == CudaStatus.Success;
    }
}
