using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>Memory of other processes by its handle. Handles that this process exports cannot be opened here, as with the real driver.</summary>
internal static unsafe class PeerEntryPoints
{
    private const ulong OwnMark = 0x43_41_4D_53_48_41_46_54;

    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuIpcGetMemHandle"] = (nint)(delegate* unmanaged<CudaIpcHandle*, nint, CudaStatus>)&IpcGetMemHandle;
        functions["cuIpcOpenMemHandle"] = (nint)(delegate* unmanaged<nint*, CudaIpcHandle, uint, CudaStatus>)&IpcOpenMemHandle;
        functions["cuIpcCloseMemHandle"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&IpcCloseMemHandle;
        functions["cuMemGetAddressRange"] = (nint)(delegate* unmanaged<nint*, nuint*, nint, CudaStatus>)&MemGetAddressRange;
        functions["cuPointerGetAttribute"] = (nint)(delegate* unmanaged<void*, int, nint, CudaStatus>)&PointerGetAttribute;
    }

    [UnmanagedCallersOnly]
    private static CudaStatus IpcGetMemHandle(CudaIpcHandle* handle, nint address) => SimulatedDriver.Call("cuIpcGetMemHandle", (driver, _) =>
    {
        if (driver.Heap.Find("cuIpcGetMemHandle", address).Call != "cuMemAlloc")
        {
            throw new Misuse("cuIpcGetMemHandle: only memory of cuMemAlloc can be exported.");
        }

        Span<byte> bytes = stackalloc byte[CudaIpcHandle.ByteSize];
        bytes.Clear();
        MemoryMarshal.Write(bytes, OwnMark);
        *handle = CudaIpcHandle.Read(bytes);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus IpcOpenMemHandle(nint* address, CudaIpcHandle handle, uint flags) => SimulatedDriver.Call("cuIpcOpenMemHandle", (driver, gpu) =>
    {
        Span<byte> bytes = stackalloc byte[CudaIpcHandle.ByteSize];
        handle.Write(bytes);
        if (MemoryMarshal.Read<ulong>(bytes) == OwnMark)
        {
            return CudaStatus.InvalidContext;
        }

        if (flags != CudaConstants.IpcLazyPeerAccess || driver.Peers.Find(bytes) is not { IsOwned: true } export)
        {
            return CudaStatus.InvalidValue;
        }

        if (export.OpenCount > 0 && !driver.Options.CountsOpenHandles)
        {
            return CudaStatus.AlreadyMapped;
        }

        // Devices reach each other's memory here; whose it is, cuPointerGetAttribute tells.
        if (export.OpenCount++ == 0)
        {
            export.Opened = new SimulatedAllocation("cuIpcOpenMemHandle", export);
            driver.Heap.Add(export.Opened);
        }

        driver.Objects.Add(new OpenedMemory(gpu, export));
        *address = export.Opened!.Handle;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus IpcCloseMemHandle(nint address) => SimulatedDriver.Call("cuIpcCloseMemHandle", (driver, gpu) =>
    {
        var opened = driver.Objects.RemoveFirst<OpenedMemory>("cuIpcCloseMemHandle", opened => opened.Export.Opened?.Handle == address);
        if (opened.Device != gpu)
        {
            throw new Misuse($"cuIpcCloseMemHandle: the memory was opened in the context of device {opened.Device.Ordinal}, and is closed in that of device {gpu.Ordinal}.", CudaStatus.InvalidContext);
        }

        if (--opened.Export.OpenCount == 0)
        {
            driver.Heap.Remove("cuIpcCloseMemHandle", opened.Export.Opened!);
            opened.Export.Opened = null;
        }

        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemGetAddressRange(nint* start, nuint* byteSize, nint address) => SimulatedDriver.Call("cuMemGetAddressRange", (driver, _) =>
    {
        var memory = driver.Heap.Find("cuMemGetAddressRange", address);
        *start = memory.Handle;
        *byteSize = (nuint)memory.Bytes.Length;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus PointerGetAttribute(void* value, int attribute, nint address) => SimulatedDriver.Call("cuPointerGetAttribute", (driver, _) =>
    {
        if (attribute != CudaConstants.PointerDeviceOrdinal)
        {
            throw new Misuse($"cuPointerGetAttribute: {attribute} is no attribute that is simulated.");
        }

        *(int*)value = driver.Heap.Find("cuPointerGetAttribute", address).Device.Ordinal;
        return CudaStatus.Success;
    });

    private sealed class OpenedMemory(SimulatedGpu device, SimulatedExport export) : SimulatedObject("cuIpcOpenMemHandle", device)
    {
        public SimulatedExport Export => export;
    }
}
