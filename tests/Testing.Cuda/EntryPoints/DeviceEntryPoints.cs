using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>The driver itself, its devices and their primary contexts.</summary>
internal static unsafe class DeviceEntryPoints
{
    // Constant texts are never freed, as in the driver.
    private static readonly Dictionary<CudaStatus, nint> Names = [];

    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuInit"] = (nint)(delegate* unmanaged<uint, CudaStatus>)&Init;
        functions["cuDriverGetVersion"] = (nint)(delegate* unmanaged<int*, CudaStatus>)&DriverGetVersion;
        functions["cuGetErrorName"] = (nint)(delegate* unmanaged<CudaStatus, byte**, CudaStatus>)&GetErrorName;
        functions["cuGetErrorString"] = (nint)(delegate* unmanaged<CudaStatus, byte**, CudaStatus>)&GetErrorString;
        functions["cuDeviceGetCount"] = (nint)(delegate* unmanaged<int*, CudaStatus>)&DeviceGetCount;
        functions["cuDeviceGet"] = (nint)(delegate* unmanaged<int*, int, CudaStatus>)&DeviceGet;
        functions["cuDeviceGetName"] = (nint)(delegate* unmanaged<byte*, int, int, CudaStatus>)&DeviceGetName;
        functions["cuDeviceGetAttribute"] = (nint)(delegate* unmanaged<int*, int, int, CudaStatus>)&DeviceGetAttribute;
        functions["cuDeviceTotalMem"] = (nint)(delegate* unmanaged<nuint*, int, CudaStatus>)&DeviceTotalMem;
        functions["cuDeviceGetPCIBusId"] = (nint)(delegate* unmanaged<byte*, int, int, CudaStatus>)&DeviceGetPciBusId;
        functions["cuDevicePrimaryCtxRetain"] = (nint)(delegate* unmanaged<nint*, int, CudaStatus>)&DevicePrimaryCtxRetain;
        functions["cuDevicePrimaryCtxRelease"] = (nint)(delegate* unmanaged<int, CudaStatus>)&DevicePrimaryCtxRelease;
        functions["cuCtxSetCurrent"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&CtxSetCurrent;
        functions["cuCtxGetDevice"] = (nint)(delegate* unmanaged<int*, CudaStatus>)&CtxGetDevice;
        functions["cuCtxGetStreamPriorityRange"] = (nint)(delegate* unmanaged<int*, int*, CudaStatus>)&CtxGetStreamPriorityRange;
        functions["cuMemGetInfo"] = (nint)(delegate* unmanaged<nuint*, nuint*, CudaStatus>)&MemGetInfo;
    }

    [UnmanagedCallersOnly]
    private static CudaStatus Init(uint flags) => SimulatedDriver.Call("cuInit", driver =>
    {
        driver.IsInitialized = true;
        return driver.Gpus.Count == 0 ? CudaStatus.NoDevice : CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus DriverGetVersion(int* version) => SimulatedDriver.Call("cuDriverGetVersion", driver =>
    {
        *version = driver.Options.Version;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GetErrorName(CudaStatus status, byte** text)
    {
        *text = (byte*)GetText(status);
        return CudaStatus.Success;
    }

    [UnmanagedCallersOnly]
    private static CudaStatus GetErrorString(CudaStatus status, byte** text)
    {
        *text = (byte*)GetText(status);
        return CudaStatus.Success;
    }

    [UnmanagedCallersOnly]
    private static CudaStatus DeviceGetCount(int* count) => SimulatedDriver.Call("cuDeviceGetCount", driver =>
    {
        *count = driver.Gpus.Count;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus DeviceGet(int* device, int ordinal) => SimulatedDriver.Call("cuDeviceGet", driver =>
    {
        *device = ordinal;
        return ordinal >= 0 && ordinal < driver.Gpus.Count ? CudaStatus.Success : CudaStatus.InvalidDevice;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus DeviceGetName(byte* text, int byteSize, int device) => SimulatedDriver.Call("cuDeviceGetName", driver => Write($"Simulated GPU {device}", text, byteSize));

    [UnmanagedCallersOnly]
    private static CudaStatus DeviceGetPciBusId(byte* text, int byteSize, int device) => SimulatedDriver.Call("cuDeviceGetPCIBusId", driver => Write($"0000:0{device}:00.0", text, byteSize));

    [UnmanagedCallersOnly]
    private static CudaStatus DeviceGetAttribute(int* value, int attribute, int device) => SimulatedDriver.Call("cuDeviceGetAttribute", driver =>
    {
        *value = attribute switch
        {
            CudaConstants.MultiprocessorCount => driver.Options.MultiprocessorCount,
            CudaConstants.ComputeCapabilityMajor => SimulatedGpu.ComputeCapability / 10,
            CudaConstants.ComputeCapabilityMinor => SimulatedGpu.ComputeCapability % 10,
            CudaConstants.AsyncEngineCount => 2,
            CudaConstants.MemoryPoolsSupported => 1,
            CudaConstants.MaxSharedMemoryPerBlockOptIn => LaunchLimits.MostSharedBytes,
            CudaConstants.MaxThreadsPerBlock => 1024,
            _ => 0,
        };
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus DeviceTotalMem(nuint* byteSize, int device) => SimulatedDriver.Call("cuDeviceTotalMem", driver =>
    {
        *byteSize = (nuint)driver.Gpus[device].MemoryByteSize;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus DevicePrimaryCtxRetain(nint* context, int device) => SimulatedDriver.Call("cuDevicePrimaryCtxRetain", driver =>
    {
        driver.Gpus[device].ContextCount++;
        *context = driver.Gpus[device].Context;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus DevicePrimaryCtxRelease(int device) => SimulatedDriver.Call("cuDevicePrimaryCtxRelease", driver =>
    {
        if (--driver.Gpus[device].ContextCount < 0)
        {
            throw new Misuse("cuDevicePrimaryCtxRelease: released more often than retained.", CudaStatus.InvalidContext);
        }

        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus CtxSetCurrent(nint context) => SimulatedDriver.Call("cuCtxSetCurrent", driver =>
    {
        var green = driver.Objects.All.OfType<SimulatedGreenContext>().FirstOrDefault(green => green.Converted == context);
        var primary = green?.Device.Context ?? context;
        if (!driver.Gpus.Any(gpu => gpu.Context == primary && gpu.ContextCount > 0))
        {
            throw new Misuse("cuCtxSetCurrent: nobody holds that context.", CudaStatus.InvalidContext);
        }

        SimulatedThread.SetContext(driver, primary, green);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus CtxGetDevice(int* device) => SimulatedDriver.Call("cuCtxGetDevice", (_, gpu) =>
    {
        *device = gpu.Ordinal;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus CtxGetStreamPriorityRange(int* lowest, int* highest) => SimulatedDriver.Call("cuCtxGetStreamPriorityRange", (_, _) =>
    {
        *lowest = 0;
        *highest = -5;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemGetInfo(nuint* free, nuint* total) => SimulatedDriver.Call("cuMemGetInfo", (_, gpu) =>
    {
        *free = (nuint)Math.Max(0, gpu.MemoryByteSize - gpu.UsedByteSize - gpu.KeptByteSize);
        *total = (nuint)gpu.MemoryByteSize;
        return CudaStatus.Success;
    });

    private static CudaStatus Write(string text, byte* destination, int byteSize)
    {
        var written = Encoding.UTF8.GetBytes(text, new Span<byte>(destination, byteSize - 1));
        destination[written] = 0;
        return CudaStatus.Success;
    }

    private static nint GetText(CudaStatus status)
    {
        lock (Names)
        {
            if (!Names.TryGetValue(status, out var text))
            {
                // The form of the driver's own names: OutOfMemory is CUDA_ERROR_OUT_OF_MEMORY.
                var words = string.Concat(status.ToString().Select(static (letter, index) => index > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}"));
                Names[status] = text = Marshal.StringToCoTaskMemUTF8($"CUDA_ERROR_{words.ToUpperInvariant()}");
            }

            return text;
        }
    }
}
