using System.Globalization;
using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Native;

/// <summary>
/// The functions of the driver that Camshaft calls, typed; the signatures are those of cuda.h. Handles, and addresses on the
/// device, are <see cref="nint"/>. The library behind a table is never unloaded, so its pointers stay good as long as the process.
/// </summary>
/// <remarks>
/// Each function is asked for in the form that it has in CUDA 12.0, or later where it came later: a driver keeps old forms for
/// ever. What came after 12.0 may be missing, and the table then says so (<see cref="HasGreenContexts"/>).
/// </remarks>
internal sealed unsafe class CudaApi
{
    /// <summary>The version of CUDA whose driver is the least.</summary>
    public const int LeastVersion = 12000;

    private const int GreenContexts = 12040;
    private const int GreenStreams = 12050;

    public readonly delegate* unmanaged<uint, CudaStatus> Init;
    public readonly delegate* unmanaged<int*, CudaStatus> DriverGetVersion;
    public readonly delegate* unmanaged<CudaStatus, byte**, CudaStatus> GetErrorName;
    public readonly delegate* unmanaged<CudaStatus, byte**, CudaStatus> GetErrorString;

    public readonly delegate* unmanaged<int*, CudaStatus> DeviceGetCount;
    public readonly delegate* unmanaged<int*, int, CudaStatus> DeviceGet;
    public readonly delegate* unmanaged<byte*, int, int, CudaStatus> DeviceGetName;
    public readonly delegate* unmanaged<int*, int, int, CudaStatus> DeviceGetAttribute;
    public readonly delegate* unmanaged<nuint*, int, CudaStatus> DeviceTotalMem;
    public readonly delegate* unmanaged<byte*, int, int, CudaStatus> DeviceGetPciBusId;

    public readonly delegate* unmanaged<nint*, int, CudaStatus> DevicePrimaryCtxRetain;
    public readonly delegate* unmanaged<int, CudaStatus> DevicePrimaryCtxRelease;
    public readonly delegate* unmanaged<nint, CudaStatus> CtxSetCurrent;
    public readonly delegate* unmanaged<int*, CudaStatus> CtxGetDevice;
    public readonly delegate* unmanaged<int*, int*, CudaStatus> CtxGetStreamPriorityRange;
    public readonly delegate* unmanaged<nuint*, nuint*, CudaStatus> MemGetInfo;

    public readonly delegate* unmanaged<nint*, uint, int, CudaStatus> StreamCreateWithPriority;
    public readonly delegate* unmanaged<nint, CudaStatus> StreamDestroy;
    public readonly delegate* unmanaged<nint, CudaStatus> StreamSynchronize;
    public readonly delegate* unmanaged<nint, CudaStatus> StreamQuery;
    public readonly delegate* unmanaged<nint, nint, uint, CudaStatus> StreamWaitEvent;
    public readonly delegate* unmanaged<nint, delegate* unmanaged<nint, void>, nint, CudaStatus> LaunchHostFunc;

    public readonly delegate* unmanaged<nint*, uint, CudaStatus> EventCreate;
    public readonly delegate* unmanaged<nint, CudaStatus> EventDestroy;
    public readonly delegate* unmanaged<nint, nint, CudaStatus> EventRecord;
    public readonly delegate* unmanaged<nint, CudaStatus> EventQuery;
    public readonly delegate* unmanaged<nint, CudaStatus> EventSynchronize;
    public readonly delegate* unmanaged<float*, nint, nint, CudaStatus> EventElapsedTime;

    public readonly delegate* unmanaged<nint*, nuint, uint, CudaStatus> MemHostAlloc;
    public readonly delegate* unmanaged<nint, CudaStatus> MemFreeHost;
    public readonly delegate* unmanaged<nint, nuint, uint, CudaStatus> MemHostRegister;
    public readonly delegate* unmanaged<nint, CudaStatus> MemHostUnregister;

    public readonly delegate* unmanaged<nint*, nuint, CudaStatus> MemAlloc;
    public readonly delegate* unmanaged<nint, CudaStatus> MemFree;
    public readonly delegate* unmanaged<nint*, CudaPoolProperties*, CudaStatus> MemPoolCreate;
    public readonly delegate* unmanaged<nint, CudaStatus> MemPoolDestroy;
    public readonly delegate* unmanaged<nint, int, void*, CudaStatus> MemPoolSetAttribute;
    public readonly delegate* unmanaged<nint, int, void*, CudaStatus> MemPoolGetAttribute;
    public readonly delegate* unmanaged<nint, nuint, CudaStatus> MemPoolTrimTo;
    public readonly delegate* unmanaged<nint*, nuint, nint, nint, CudaStatus> MemAllocFromPoolAsync;
    public readonly delegate* unmanaged<nint, nint, CudaStatus> MemFreeAsync;
    public readonly delegate* unmanaged<nint, nint, nuint, nint, CudaStatus> MemcpyHtoDAsync;
    public readonly delegate* unmanaged<nint, nint, nuint, nint, CudaStatus> MemcpyDtoHAsync;
    public readonly delegate* unmanaged<nint, nint, nuint, nint, CudaStatus> MemcpyDtoDAsync;
    public readonly delegate* unmanaged<nint, byte, nuint, nint, CudaStatus> MemsetD8Async;

    public readonly delegate* unmanaged<CudaIpcHandle*, nint, CudaStatus> IpcGetMemHandle;
    public readonly delegate* unmanaged<nint*, CudaIpcHandle, uint, CudaStatus> IpcOpenMemHandle;
    public readonly delegate* unmanaged<nint, CudaStatus> IpcCloseMemHandle;
    public readonly delegate* unmanaged<nint*, nuint*, nint, CudaStatus> MemGetAddressRange;
    public readonly delegate* unmanaged<void*, int, nint, CudaStatus> PointerGetAttribute;

    public readonly delegate* unmanaged<nint*, void*, uint, int*, void**, CudaStatus> ModuleLoadDataEx;
    public readonly delegate* unmanaged<nint, CudaStatus> ModuleUnload;
    public readonly delegate* unmanaged<nint*, nint, byte*, CudaStatus> ModuleGetFunction;
    public readonly delegate* unmanaged<int*, int, nint, CudaStatus> FuncGetAttribute;
    public readonly delegate* unmanaged<nint, int, int, CudaStatus> FuncSetAttribute;
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, CudaStatus> LaunchKernel;

    public readonly delegate* unmanaged<nint, int, CudaStatus> StreamBeginCapture;
    public readonly delegate* unmanaged<nint, nint*, CudaStatus> StreamEndCapture;
    public readonly delegate* unmanaged<int*, CudaStatus> ThreadExchangeStreamCaptureMode;
    public readonly delegate* unmanaged<nint*, nint, ulong, CudaStatus> GraphInstantiateWithFlags;
    public readonly delegate* unmanaged<nint, nint, CudaStatus> GraphLaunch;
    public readonly delegate* unmanaged<nint, CudaStatus> GraphExecDestroy;
    public readonly delegate* unmanaged<nint, CudaStatus> GraphDestroy;

    // From here on: null where the driver is older.
    public readonly delegate* unmanaged<nint, nuint, nuint*, nuint*, CudaStatus> FuncGetParamInfo;
    public readonly delegate* unmanaged<int, CudaDeviceResource*, int, CudaStatus> DeviceGetDevResource;
    public readonly delegate* unmanaged<CudaDeviceResource*, uint*, CudaDeviceResource*, CudaDeviceResource*, uint, uint, CudaStatus> DevSmResourceSplitByCount;
    public readonly delegate* unmanaged<nint*, CudaDeviceResource*, uint, CudaStatus> DevResourceGenerateDesc;
    public readonly delegate* unmanaged<nint*, nint, int, uint, CudaStatus> GreenCtxCreate;
    public readonly delegate* unmanaged<nint, CudaStatus> GreenCtxDestroy;
    public readonly delegate* unmanaged<nint*, nint, CudaStatus> CtxFromGreenCtx;
    public readonly delegate* unmanaged<nint*, nint, uint, int, CudaStatus> GreenCtxStreamCreate;

    /// <summary>Fills the table.</summary>
    /// <exception cref="CudaUnavailableException">The driver lacks a function of CUDA 12.0; the message names it.</exception>
    public CudaApi(CudaResolver resolve)
    {
        Resolve = resolve;
        Init = (delegate* unmanaged<uint, CudaStatus>)Need("cuInit");
        DriverGetVersion = (delegate* unmanaged<int*, CudaStatus>)Need("cuDriverGetVersion");
        GetErrorName = (delegate* unmanaged<CudaStatus, byte**, CudaStatus>)Need("cuGetErrorName");
        GetErrorString = (delegate* unmanaged<CudaStatus, byte**, CudaStatus>)Need("cuGetErrorString");

        DeviceGetCount = (delegate* unmanaged<int*, CudaStatus>)Need("cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, CudaStatus>)Need("cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, CudaStatus>)Need("cuDeviceGetName");
        DeviceGetAttribute = (delegate* unmanaged<int*, int, int, CudaStatus>)Need("cuDeviceGetAttribute");
        DeviceTotalMem = (delegate* unmanaged<nuint*, int, CudaStatus>)Need("cuDeviceTotalMem");
        DeviceGetPciBusId = (delegate* unmanaged<byte*, int, int, CudaStatus>)Need("cuDeviceGetPCIBusId");

        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, CudaStatus>)Need("cuDevicePrimaryCtxRetain");
        DevicePrimaryCtxRelease = (delegate* unmanaged<int, CudaStatus>)Need("cuDevicePrimaryCtxRelease");
        CtxSetCurrent = (delegate* unmanaged<nint, CudaStatus>)Need("cuCtxSetCurrent");
        CtxGetDevice = (delegate* unmanaged<int*, CudaStatus>)Need("cuCtxGetDevice");
        CtxGetStreamPriorityRange = (delegate* unmanaged<int*, int*, CudaStatus>)Need("cuCtxGetStreamPriorityRange");
        MemGetInfo = (delegate* unmanaged<nuint*, nuint*, CudaStatus>)Need("cuMemGetInfo");

        StreamCreateWithPriority = (delegate* unmanaged<nint*, uint, int, CudaStatus>)Need("cuStreamCreateWithPriority");
        StreamDestroy = (delegate* unmanaged<nint, CudaStatus>)Need("cuStreamDestroy");
        StreamSynchronize = (delegate* unmanaged<nint, CudaStatus>)Need("cuStreamSynchronize");
        StreamQuery = (delegate* unmanaged<nint, CudaStatus>)Need("cuStreamQuery");
        StreamWaitEvent = (delegate* unmanaged<nint, nint, uint, CudaStatus>)Need("cuStreamWaitEvent");
        LaunchHostFunc = (delegate* unmanaged<nint, delegate* unmanaged<nint, void>, nint, CudaStatus>)Need("cuLaunchHostFunc");

        EventCreate = (delegate* unmanaged<nint*, uint, CudaStatus>)Need("cuEventCreate");
        EventDestroy = (delegate* unmanaged<nint, CudaStatus>)Need("cuEventDestroy");
        EventRecord = (delegate* unmanaged<nint, nint, CudaStatus>)Need("cuEventRecord");
        EventQuery = (delegate* unmanaged<nint, CudaStatus>)Need("cuEventQuery");
        EventSynchronize = (delegate* unmanaged<nint, CudaStatus>)Need("cuEventSynchronize");
        EventElapsedTime = (delegate* unmanaged<float*, nint, nint, CudaStatus>)Need("cuEventElapsedTime");

        MemHostAlloc = (delegate* unmanaged<nint*, nuint, uint, CudaStatus>)Need("cuMemHostAlloc");
        MemFreeHost = (delegate* unmanaged<nint, CudaStatus>)Need("cuMemFreeHost");
        MemHostRegister = (delegate* unmanaged<nint, nuint, uint, CudaStatus>)Need("cuMemHostRegister");
        MemHostUnregister = (delegate* unmanaged<nint, CudaStatus>)Need("cuMemHostUnregister");

        MemAlloc = (delegate* unmanaged<nint*, nuint, CudaStatus>)Need("cuMemAlloc");
        MemFree = (delegate* unmanaged<nint, CudaStatus>)Need("cuMemFree");
        MemPoolCreate = (delegate* unmanaged<nint*, CudaPoolProperties*, CudaStatus>)Need("cuMemPoolCreate");
        MemPoolDestroy = (delegate* unmanaged<nint, CudaStatus>)Need("cuMemPoolDestroy");
        MemPoolSetAttribute = (delegate* unmanaged<nint, int, void*, CudaStatus>)Need("cuMemPoolSetAttribute");
        MemPoolGetAttribute = (delegate* unmanaged<nint, int, void*, CudaStatus>)Need("cuMemPoolGetAttribute");
        MemPoolTrimTo = (delegate* unmanaged<nint, nuint, CudaStatus>)Need("cuMemPoolTrimTo");
        MemAllocFromPoolAsync = (delegate* unmanaged<nint*, nuint, nint, nint, CudaStatus>)Need("cuMemAllocFromPoolAsync");
        MemFreeAsync = (delegate* unmanaged<nint, nint, CudaStatus>)Need("cuMemFreeAsync");
        MemcpyHtoDAsync = (delegate* unmanaged<nint, nint, nuint, nint, CudaStatus>)Need("cuMemcpyHtoDAsync");
        MemcpyDtoHAsync = (delegate* unmanaged<nint, nint, nuint, nint, CudaStatus>)Need("cuMemcpyDtoHAsync");
        MemcpyDtoDAsync = (delegate* unmanaged<nint, nint, nuint, nint, CudaStatus>)Need("cuMemcpyDtoDAsync");
        MemsetD8Async = (delegate* unmanaged<nint, byte, nuint, nint, CudaStatus>)Need("cuMemsetD8Async");

        IpcGetMemHandle = (delegate* unmanaged<CudaIpcHandle*, nint, CudaStatus>)Need("cuIpcGetMemHandle");
        IpcOpenMemHandle = (delegate* unmanaged<nint*, CudaIpcHandle, uint, CudaStatus>)Need("cuIpcOpenMemHandle");
        IpcCloseMemHandle = (delegate* unmanaged<nint, CudaStatus>)Need("cuIpcCloseMemHandle");
        MemGetAddressRange = (delegate* unmanaged<nint*, nuint*, nint, CudaStatus>)Need("cuMemGetAddressRange");
        PointerGetAttribute = (delegate* unmanaged<void*, int, nint, CudaStatus>)Need("cuPointerGetAttribute");

        ModuleLoadDataEx = (delegate* unmanaged<nint*, void*, uint, int*, void**, CudaStatus>)Need("cuModuleLoadDataEx");
        ModuleUnload = (delegate* unmanaged<nint, CudaStatus>)Need("cuModuleUnload");
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, CudaStatus>)Need("cuModuleGetFunction");
        FuncGetAttribute = (delegate* unmanaged<int*, int, nint, CudaStatus>)Need("cuFuncGetAttribute");
        FuncSetAttribute = (delegate* unmanaged<nint, int, int, CudaStatus>)Need("cuFuncSetAttribute");
        LaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, CudaStatus>)Need("cuLaunchKernel");

        StreamBeginCapture = (delegate* unmanaged<nint, int, CudaStatus>)Need("cuStreamBeginCapture");
        StreamEndCapture = (delegate* unmanaged<nint, nint*, CudaStatus>)Need("cuStreamEndCapture");
        ThreadExchangeStreamCaptureMode = (delegate* unmanaged<int*, CudaStatus>)Need("cuThreadExchangeStreamCaptureMode");
        GraphInstantiateWithFlags = (delegate* unmanaged<nint*, nint, ulong, CudaStatus>)Need("cuGraphInstantiateWithFlags");
        GraphLaunch = (delegate* unmanaged<nint, nint, CudaStatus>)Need("cuGraphLaunch");
        GraphExecDestroy = (delegate* unmanaged<nint, CudaStatus>)Need("cuGraphExecDestroy");
        GraphDestroy = (delegate* unmanaged<nint, CudaStatus>)Need("cuGraphDestroy");

        FuncGetParamInfo = (delegate* unmanaged<nint, nuint, nuint*, nuint*, CudaStatus>)resolve("cuFuncGetParamInfo", 12040);
        DeviceGetDevResource = (delegate* unmanaged<int, CudaDeviceResource*, int, CudaStatus>)resolve("cuDeviceGetDevResource", GreenContexts);
        DevSmResourceSplitByCount = (delegate* unmanaged<CudaDeviceResource*, uint*, CudaDeviceResource*, CudaDeviceResource*, uint, uint, CudaStatus>)resolve("cuDevSmResourceSplitByCount", GreenContexts);
        DevResourceGenerateDesc = (delegate* unmanaged<nint*, CudaDeviceResource*, uint, CudaStatus>)resolve("cuDevResourceGenerateDesc", GreenContexts);
        GreenCtxCreate = (delegate* unmanaged<nint*, nint, int, uint, CudaStatus>)resolve("cuGreenCtxCreate", GreenContexts);
        GreenCtxDestroy = (delegate* unmanaged<nint, CudaStatus>)resolve("cuGreenCtxDestroy", GreenContexts);
        CtxFromGreenCtx = (delegate* unmanaged<nint*, nint, CudaStatus>)resolve("cuCtxFromGreenCtx", GreenContexts);
        GreenCtxStreamCreate = (delegate* unmanaged<nint*, nint, uint, int, CudaStatus>)resolve("cuGreenCtxStreamCreate", GreenStreams);
    }

    /// <summary>Finds further functions, for those who bind what this table has not.</summary>
    public CudaResolver Resolve { get; }

    /// <summary>Whether models can be given a part of the multiprocessors (CUDA 12.5 and later).</summary>
    public bool HasGreenContexts => DeviceGetDevResource is not null && DevSmResourceSplitByCount is not null && DevResourceGenerateDesc is not null
        && GreenCtxCreate is not null && GreenCtxDestroy is not null && CtxFromGreenCtx is not null && GreenCtxStreamCreate is not null;

    /// <summary>Writes a version as people do: 12.4 for 12040.</summary>
    public static string FormatVersion(int version) => string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");

    /// <summary>Throws unless a call has succeeded.</summary>
    /// <exception cref="CudaException">It has not.</exception>
    public void ThrowIfFailed(CudaStatus status, string call)
    {
        if (status != CudaStatus.Success)
        {
            throw CreateException(status, call);
        }
    }

    /// <summary>Puts a failure into the driver's words.</summary>
    public CudaException CreateException(CudaStatus status, string call)
    {
        byte* name = null;
        byte* text = null;
        _ = GetErrorName(status, &name);
        _ = GetErrorString(status, &text);

        // The driver's own constant strings.
        return new CudaException(status, call, Marshal.PtrToStringUTF8((nint)name) ?? $"error {(int)status}", Marshal.PtrToStringUTF8((nint)text) ?? "unknown to the driver");
    }

    private nint Need(string name) => Resolve(name, LeastVersion) is var address and not 0
        ? address
        : throw new CudaUnavailableException($"the NVIDIA driver lacks '{name}' of CUDA {FormatVersion(LeastVersion)}; a newer driver is needed");
}
