using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>Memory of other processes by its handle. Handles that this process exports cannot be opened here, as with the real driver.</summary>
internal static unsafe class PeerEntryPoints
{
    private const ulong OwnMark = 0x43_41_4D_53_48_41_46_54;
    private const ulong PeerMark = 0x43_41_4D_53_50_45_45_52;

    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuIpcGetMemHandle"] = (nint)(delegate* unmanaged<CudaIpcHandle*, nint, CudaStatus>)&IpcGetMemHandle;
        functions["cuIpcOpenMemHandle"] = (nint)(delegate* unmanaged<nint*, CudaIpcHandle, uint, CudaStatus>)&IpcOpenMemHandle;
        functions["cuIpcCloseMemHandle"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&IpcCloseMemHandle;
        functions["cuMemGetAddressRange"] = (nint)(delegate* unmanaged<nint*, nuint*, nint, CudaStatus>)&MemGetAddressRange;
    }

    public static byte[] ExportElsewhere(SimulatedDriver driver, ReadOnlySpan<byte> content)
    {
        var memory = new SimulatedAllocation("another process", driver.Gpus[0], content.Length) { IsPeers = true };
        driver.Heap.Add(memory);
        content.CopyTo(memory.Bytes);
        memory.MarkWritten(0, content.Length);
        return MakeHandle(PeerMark, memory.Handle);
    }

    [UnmanagedCallersOnly]
    private static CudaStatus IpcGetMemHandle(CudaIpcHandle* handle, nint address) => SimulatedDriver.Call("cuIpcGetMemHandle", (driver, _) =>
    {
        if (driver.Heap.Find("cuIpcGetMemHandle", address).Call != "cuMemAlloc")
        {
            throw new Misuse("cuIpcGetMemHandle: only memory of cuMemAlloc can be exported.");
        }

        *handle = CudaIpcHandle.Read(MakeHandle(OwnMark, address));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus IpcOpenMemHandle(nint* address, CudaIpcHandle handle, uint flags) => SimulatedDriver.Call("cuIpcOpenMemHandle", (driver, gpu) =>
    {
        Span<byte> bytes = stackalloc byte[CudaIpcHandle.ByteSize];
        handle.Write(bytes);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        if (words[0] != PeerMark)
        {
            return words[0] == OwnMark ? CudaStatus.InvalidContext : CudaStatus.InvalidValue;
        }

        var memory = driver.Heap.Find("cuIpcOpenMemHandle", (nint)words[1]);
        driver.Objects.Add(new OpenedMemory(gpu, memory.Handle));
        *address = memory.Handle;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus IpcCloseMemHandle(nint address) => SimulatedDriver.Call("cuIpcCloseMemHandle", (driver, _) =>
    {
        driver.Objects.RemoveFirst<OpenedMemory>("cuIpcCloseMemHandle", opened => opened.Address == address);
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

    private static byte[] MakeHandle(ulong mark, nint address)
    {
        var bytes = new byte[CudaIpcHandle.ByteSize];
        MemoryMarshal.Write(bytes, mark);
        MemoryMarshal.Write(bytes.AsSpan(sizeof(ulong)), (ulong)address);
        return bytes;
    }

    private sealed class OpenedMemory(SimulatedGpu device, nint address) : SimulatedObject("cuIpcOpenMemHandle", device)
    {
        public nint Address => address;
    }
}
