using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>Memory: locked on the host, and on devices at once or in the order of a stream.</summary>
internal static unsafe class MemoryEntryPoints
{
    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuMemHostAlloc"] = (nint)(delegate* unmanaged<nint*, nuint, uint, CudaStatus>)&MemHostAlloc;
        functions["cuMemFreeHost"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&MemFreeHost;
        functions["cuMemHostRegister"] = (nint)(delegate* unmanaged<nint, nuint, uint, CudaStatus>)&MemHostRegister;
        functions["cuMemHostUnregister"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&MemHostUnregister;
        functions["cuMemAlloc"] = (nint)(delegate* unmanaged<nint*, nuint, CudaStatus>)&MemAlloc;
        functions["cuMemFree"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&MemFree;
        functions["cuMemPoolCreate"] = (nint)(delegate* unmanaged<nint*, CudaPoolProperties*, CudaStatus>)&MemPoolCreate;
        functions["cuMemPoolDestroy"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&MemPoolDestroy;
        functions["cuMemPoolSetAttribute"] = (nint)(delegate* unmanaged<nint, int, void*, CudaStatus>)&MemPoolSetAttribute;
        functions["cuMemPoolGetAttribute"] = (nint)(delegate* unmanaged<nint, int, void*, CudaStatus>)&MemPoolGetAttribute;
        functions["cuMemPoolTrimTo"] = (nint)(delegate* unmanaged<nint, nuint, CudaStatus>)&MemPoolTrimTo;
        functions["cuMemAllocFromPoolAsync"] = (nint)(delegate* unmanaged<nint*, nuint, nint, nint, CudaStatus>)&MemAllocFromPoolAsync;
        functions["cuMemFreeAsync"] = (nint)(delegate* unmanaged<nint, nint, CudaStatus>)&MemFreeAsync;
    }

    [UnmanagedCallersOnly]
    private static CudaStatus MemHostAlloc(nint* address, nuint byteSize, uint flags) => SimulatedDriver.Call("cuMemHostAlloc", (driver, gpu) =>
    {
        var memory = SimulatedHostMemory.Allocate(gpu, (long)byteSize);
        driver.Heap.AddHost(memory);
        *address = memory.Handle;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemFreeHost(nint address) => SimulatedDriver.Call("cuMemFreeHost", (driver, _) =>
    {
        driver.Heap.RemoveHost("cuMemFreeHost", "cuMemHostAlloc", address);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemHostRegister(nint address, nuint byteSize, uint flags) => SimulatedDriver.Call("cuMemHostRegister", (driver, gpu) =>
    {
        driver.Heap.AddHost(SimulatedHostMemory.Register(gpu, address, (long)byteSize));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemHostUnregister(nint address) => SimulatedDriver.Call("cuMemHostUnregister", (driver, _) =>
    {
        driver.Heap.RemoveHost("cuMemHostUnregister", "cuMemHostRegister", address);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemAlloc(nint* address, nuint byteSize) => SimulatedDriver.Call("cuMemAlloc", (driver, gpu) => Allocate(driver, gpu, "cuMemAlloc", address, byteSize, from: null, out _));

    [UnmanagedCallersOnly]
    private static CudaStatus MemFree(nint address) => SimulatedDriver.Call("cuMemFree", (driver, _) =>
    {
        driver.Heap.Remove("cuMemFree", driver.Heap.Find("cuMemFree", address));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemPoolCreate(nint* made, CudaPoolProperties* properties) => SimulatedDriver.Call("cuMemPoolCreate", (driver, gpu) =>
    {
        *made = driver.Objects.Add(new SimulatedPool(gpu));
        return properties->AllocationType == CudaPoolProperties.Pinned && properties->LocationType == CudaPoolProperties.LocationDevice && properties->LocationId == gpu.Ordinal
            ? CudaStatus.Success
            : throw new Misuse("cuMemPoolCreate: the properties are not those of device memory.");
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemPoolDestroy(nint handle) => SimulatedDriver.Call("cuMemPoolDestroy", (driver, _) =>
    {
        driver.Objects.Remove<SimulatedPool>("cuMemPoolDestroy", handle).Keep(0);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemPoolSetAttribute(nint handle, int attribute, void* value) => SimulatedDriver.Call("cuMemPoolSetAttribute", (driver, _) =>
    {
        var pool = driver.Objects.Find<SimulatedPool>("cuMemPoolSetAttribute", handle);
        if (attribute != CudaConstants.PoolReleaseThreshold)
        {
            return CudaStatus.InvalidValue;
        }

        pool.Threshold = (long)Math.Min(*(ulong*)value, long.MaxValue);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemPoolGetAttribute(nint handle, int attribute, void* value) => SimulatedDriver.Call("cuMemPoolGetAttribute", (driver, gpu) =>
    {
        var pool = driver.Objects.Find<SimulatedPool>("cuMemPoolGetAttribute", handle);
        *(ulong*)value = (ulong)(attribute == CudaConstants.PoolReserved ? pool.UsedByteSize + pool.KeptByteSize : pool.UsedByteSize);
        return attribute is CudaConstants.PoolReserved or CudaConstants.PoolUsed ? CudaStatus.Success : CudaStatus.InvalidValue;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemPoolTrimTo(nint handle, nuint byteSize) => SimulatedDriver.Call("cuMemPoolTrimTo", (driver, _) =>
    {
        var pool = driver.Objects.Find<SimulatedPool>("cuMemPoolTrimTo", handle);
        pool.Keep(Math.Min(pool.KeptByteSize, (long)byteSize - pool.UsedByteSize));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemAllocFromPoolAsync(nint* address, nuint byteSize, nint pool, nint streamHandle) => SimulatedDriver.Call("cuMemAllocFromPoolAsync", (driver, gpu) =>
    {
        var from = driver.Objects.Find<SimulatedPool>("cuMemAllocFromPoolAsync", pool);
        var stream = StreamEntryPoints.Find(driver, gpu, "cuMemAllocFromPoolAsync", streamHandle);
        var status = Allocate(driver, gpu, "cuMemAllocFromPoolAsync", address, byteSize, from, out var allocation);
        if (allocation is not null)
        {
            allocation.IsThere = false;
            driver.Streams.Enqueue(stream, new SimulatedOperation("cuMemAllocFromPoolAsync", () => allocation.IsThere = true));
        }

        return status;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemFreeAsync(nint address, nint streamHandle) => SimulatedDriver.Call("cuMemFreeAsync", (driver, gpu) =>
    {
        var stream = StreamEntryPoints.Find(driver, gpu, "cuMemFreeAsync", streamHandle);
        driver.Streams.Enqueue(stream, new SimulatedOperation("cuMemFreeAsync", () => driver.Heap.Remove("cuMemFreeAsync", driver.Heap.Find("cuMemFreeAsync", address))));
        driver.Heap.Find("cuMemFreeAsync", address).FreedAt = driver.Heap.EnqueuedCount;
        return CudaStatus.Success;
    });

    private static CudaStatus Allocate(SimulatedDriver driver, SimulatedGpu gpu, string call, nint* address, nuint byteSize, SimulatedPool? from, out SimulatedAllocation? allocation)
    {
        allocation = null;
        if (byteSize == 0)
        {
            throw new Misuse($"{call}: no bytes are asked for.");
        }

        if ((long)byteSize > gpu.MemoryByteSize - gpu.UsedByteSize)
        {
            return CudaStatus.OutOfMemory;
        }

        allocation = new SimulatedAllocation(call, gpu, (int)byteSize) { TakenByteSize = (long)byteSize, Pool = from };
        driver.Heap.Add(allocation);
        driver.MakeRoom(gpu);
        *address = allocation.Handle;
        return CudaStatus.Success;
    }
}
