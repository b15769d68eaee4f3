using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>Green contexts: parts of a device's multiprocessors, in steps of eight.</summary>
internal static unsafe class GreenEntryPoints
{
    private const int Step = 8;

    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuDeviceGetDevResource"] = (nint)(delegate* unmanaged<int, CudaDeviceResource*, int, CudaStatus>)&DeviceGetDevResource;
        functions["cuDevSmResourceSplitByCount"] = (nint)(delegate* unmanaged<CudaDeviceResource*, uint*, CudaDeviceResource*, CudaDeviceResource*, uint, uint, CudaStatus>)&DevSmResourceSplitByCount;
        functions["cuDevResourceGenerateDesc"] = (nint)(delegate* unmanaged<nint*, CudaDeviceResource*, uint, CudaStatus>)&DevResourceGenerateDesc;
        functions["cuGreenCtxCreate"] = (nint)(delegate* unmanaged<nint*, nint, int, uint, CudaStatus>)&GreenCtxCreate;
        functions["cuGreenCtxDestroy"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&GreenCtxDestroy;
        functions["cuGreenCtxStreamCreate"] = (nint)(delegate* unmanaged<nint*, nint, uint, int, CudaStatus>)&GreenCtxStreamCreate;
    }

    [UnmanagedCallersOnly]
    private static CudaStatus DeviceGetDevResource(int device, CudaDeviceResource* resource, int type) => SimulatedDriver.Call("cuDeviceGetDevResource", (driver, gpu) =>
    {
        resource->Type = type;
        resource->MultiprocessorCount = SimulatedGpu.MultiprocessorCount;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus DevSmResourceSplitByCount(CudaDeviceResource* result, uint* groups, CudaDeviceResource* input, CudaDeviceResource* rest, uint flags, uint least) => SimulatedDriver.Call("cuDevSmResourceSplitByCount", (_, _) =>
    {
        var count = (least + Step - 1) / Step * Step;
        if (*groups != 1 || input->Type != CudaDeviceResource.Multiprocessors || least == 0 || count > input->MultiprocessorCount)
        {
            return CudaStatus.InvalidValue;
        }

        *result = *input;
        result->MultiprocessorCount = count;
        *rest = *input;
        rest->MultiprocessorCount = input->MultiprocessorCount - count;
        return CudaStatus.Success;
    });

    // A description is only read by the call that makes the context, and is never given back.
    [UnmanagedCallersOnly]
    private static CudaStatus DevResourceGenerateDesc(nint* description, CudaDeviceResource* resources, uint count) => SimulatedDriver.Call("cuDevResourceGenerateDesc", (_, _) =>
    {
        *description = (nint)resources->MultiprocessorCount;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GreenCtxCreate(nint* made, nint description, int device, uint flags) => SimulatedDriver.Call("cuGreenCtxCreate", (driver, gpu) =>
    {
        *made = driver.Add(new Green(gpu, (int)description));
        return flags == CudaConstants.GreenDefaultStream ? CudaStatus.Success : CudaStatus.InvalidValue;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GreenCtxDestroy(nint handle) => SimulatedDriver.Call("cuGreenCtxDestroy", (driver, _) =>
    {
        driver.Remove<Green>("cuGreenCtxDestroy", handle);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GreenCtxStreamCreate(nint* made, nint handle, uint flags, int priority) => SimulatedDriver.Call("cuGreenCtxStreamCreate", (driver, gpu) =>
    {
        var stream = new SimulatedStream("cuGreenCtxStreamCreate", gpu, priority, driver.Find<Green>("cuGreenCtxStreamCreate", handle).MultiprocessorCount);
        *made = driver.Add(stream);
        driver.Streams.Add(stream);
        return flags == CudaConstants.StreamNonBlocking ? CudaStatus.Success : CudaStatus.InvalidValue;
    });

    private sealed class Green(SimulatedGpu device, int multiprocessorCount) : SimulatedObject("cuGreenCtxCreate", device)
    {
        public int MultiprocessorCount => multiprocessorCount;
    }
}
