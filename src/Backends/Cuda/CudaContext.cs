using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>
/// A device's primary context: what owns its streams, events, modules and memory. Everything made from it keeps it, so it goes
/// last, in whatever order the owners are disposed. Any thread.
/// </summary>
public sealed unsafe class CudaContext : SafeHandle
{
    [ThreadStatic]
    private static bool _ignoresRecordingsElsewhere;

    /// <param name="api">The driver.</param>
    /// <param name="context">The context.</param>
    /// <param name="device">The device that it is of.</param>
    /// <param name="isOwned">Whether it was retained here, and is released with this object.</param>
    internal CudaContext(CudaApi api, nint context, int device, bool isOwned)
        : base(0, ownsHandle: isOwned)
    {
        Api = api;
        Device = device;
        SetHandle(context);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The driver's handle (<c>CUcontext</c>).</summary>
    public nint Value => handle;

    /// <summary>The free bytes of the device's memory, whoever uses the rest.</summary>
    /// <exception cref="CudaException">The device does not answer.</exception>
    public long FreeByteSize
    {
        get
        {
            nuint free, total;
            MakeCurrent();
            Api.ThrowIfFailed(Api.MemGetInfo(&free, &total), "cuMemGetInfo");
            return (long)free;
        }
    }

    /// <summary>How many bytes of shared memory the device gives a block at most, to a kernel that has asked for more than is usual (<see cref="CudaFunction.AllowShared"/>).</summary>
    /// <exception cref="CudaException">The device does not answer.</exception>
    public int MostSharedByteSize
    {
        get
        {
            int device, byteSize;
            MakeCurrent();
            Api.ThrowIfFailed(Api.CtxGetDevice(&device), "cuCtxGetDevice");
            Api.ThrowIfFailed(Api.DeviceGetAttribute(&byteSize, CudaConstants.MaxSharedMemoryPerBlockOptIn, device), "cuDeviceGetAttribute");
            return byteSize;
        }
    }

    internal CudaApi Api { get; }

    /// <summary>The driver's handle of the device.</summary>
    internal int Device { get; }

    /// <summary>Uses a context that somebody else holds for at least as long.</summary>
    public static CudaContext Borrow(CudaResolver resolve, nint context) => new(new CudaApi(resolve), context, device: -1, isOwned: false);

    /// <summary>Makes this the context that the calling thread's calls are about.</summary>
    /// <exception cref="CudaException">The device has failed.</exception>
    public void MakeCurrent() => Api.ThrowIfFailed(TryMakeCurrent(), "cuCtxSetCurrent");

    /// <summary>Makes this the context that the calling thread's calls are about, if the device lives.</summary>
    internal CudaStatus TryMakeCurrent()
    {
        if (!_ignoresRecordingsElsewhere)
        {
            // ONNX Runtime records in a mode in which the driver refuses some calls of every thread, unless the thread has said that what
            // others record is no matter of its own.
            var mode = CudaConstants.CaptureThreadLocal;
            _ignoresRecordingsElsewhere = Api.ThreadExchangeStreamCaptureMode(&mode) == CudaStatus.Success;
        }

        return Api.CtxSetCurrent(handle);
    }

    /// <summary>Lists the priorities that streams may have.</summary>
    /// <returns>The lowest, and the highest, which is the smaller number.</returns>
    public (int Lowest, int Highest) GetStreamPriorities()
    {
        int lowest, highest;
        MakeCurrent();
        Api.ThrowIfFailed(Api.CtxGetStreamPriorityRange(&lowest, &highest), "cuCtxGetStreamPriorityRange");
        return (lowest, highest);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Api.DevicePrimaryCtxRelease(Device) == CudaStatus.Success;
}
