using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda;

namespace Camshaft.CudaSharedMemory.Tests.Support;

/// <summary>
/// A CUDA driver that does everything at once, in the host's memory, computes nothing, and takes nothing from the managed heap: to see what those above it take. It checks
/// nothing; the simulated one does.
/// </summary>
internal static unsafe class ImmediateDriver
{
    /// <summary>How many bytes lie behind every handle, which begins with their address.</summary>
    public const int PeerByteSize = 4096;

    private const int Version = 12000;

    private static readonly Dictionary<string, nint> Functions = new()
    {
        ["cuDriverGetVersion"] = (nint)(delegate* unmanaged<int*, int>)&GetVersion,
        ["cuDeviceGetCount"] = (nint)(delegate* unmanaged<int*, int>)&GetOne,
        ["cuDeviceGet"] = (nint)(delegate* unmanaged<int*, int, int>)&GetDevice,
        ["cuDeviceGetName"] = (nint)(delegate* unmanaged<byte*, int, int, int>)&GetText,
        ["cuDeviceGetPCIBusId"] = (nint)(delegate* unmanaged<byte*, int, int, int>)&GetText,
        ["cuDeviceGetAttribute"] = (nint)(delegate* unmanaged<int*, int>)&GetOne,
        ["cuDeviceTotalMem"] = (nint)(delegate* unmanaged<nint*, int>)&GetMemory,
        ["cuDevicePrimaryCtxRetain"] = (nint)(delegate* unmanaged<nint*, int>)&Make,
        ["cuCtxGetStreamPriorityRange"] = (nint)(delegate* unmanaged<int*, int*, int>)&GetTwo,
        ["cuMemGetInfo"] = (nint)(delegate* unmanaged<nint*, nint*, int>)&GetMemoryInfo,
        ["cuStreamCreateWithPriority"] = (nint)(delegate* unmanaged<nint*, int>)&Make,
        ["cuLaunchHostFunc"] = (nint)(delegate* unmanaged<nint, delegate* unmanaged<nint, void>, nint, int>)&Call,
        ["cuEventCreate"] = (nint)(delegate* unmanaged<nint*, int>)&Make,
        ["cuEventElapsedTime"] = (nint)(delegate* unmanaged<float*, nint, nint, int>)&GetTime,
        ["cuMemHostAlloc"] = (nint)(delegate* unmanaged<nint*, nuint, int>)&Allocate,
        ["cuMemFreeHost"] = (nint)(delegate* unmanaged<nint, int>)&Free,
        ["cuMemPoolCreate"] = (nint)(delegate* unmanaged<nint*, int>)&Make,
        ["cuMemAllocFromPoolAsync"] = (nint)(delegate* unmanaged<nint*, nuint, int>)&Allocate,
        ["cuMemFreeAsync"] = (nint)(delegate* unmanaged<nint, int>)&Free,
        ["cuMemcpyHtoDAsync"] = (nint)(delegate* unmanaged<nint, nint, nuint, int>)&Copy,
        ["cuMemcpyDtoHAsync"] = (nint)(delegate* unmanaged<nint, nint, nuint, int>)&Copy,
        ["cuMemcpyDtoDAsync"] = (nint)(delegate* unmanaged<nint, nint, nuint, int>)&Copy,
        ["cuIpcOpenMemHandle"] = (nint)(delegate* unmanaged<nint*, Handle, uint, int>)&OpenHandle,
        ["cuMemGetAddressRange"] = (nint)(delegate* unmanaged<nint*, nuint*, nint, int>)&GetRange,
        ["cuPointerGetAttribute"] = (nint)(delegate* unmanaged<int*, int, nint, int>)&GetDevice,
        ["cuModuleLoadDataEx"] = (nint)(delegate* unmanaged<nint*, int>)&Make,
        ["cuModuleGetFunction"] = (nint)(delegate* unmanaged<nint*, int>)&Make,
        ["cuFuncGetAttribute"] = (nint)(delegate* unmanaged<int*, int, nint, int>)&GetFunctionAttribute,
    };

    /// <summary>Finds its functions. Those that are not told apart succeed, whatever they are given.</summary>
    public static CudaResolver Resolve { get; } = static (name, version) =>
        version > Version ? 0 : Functions.TryGetValue(name, out var function) ? function : (nint)(delegate* unmanaged<int>)&Succeed;

    /// <summary>Names memory of the test's.</summary>
    public static byte[] Export(nint address)
    {
        var handle = new byte[sizeof(Handle)];
        MemoryMarshal.Write(handle, new Handle { Address = address });
        return handle;
    }

    [UnmanagedCallersOnly]
    private static int Succeed() => 0;

    [UnmanagedCallersOnly]
    private static int GetVersion(int* version)
    {
        *version = Version;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetOne(int* value)
    {
        *value = 1;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetTwo(int* first, int* second)
    {
        *first = *second = 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetDevice(int* device, int ordinal)
    {
        *device = 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetDevice(int* device, int attribute, nint address)
    {
        *device = 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetFunctionAttribute(int* value, int attribute, nint function)
    {
        // CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK; of all else there is nothing.
        *value = attribute == 0 ? 1024 : 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetText(byte* text, int byteSize, int device)
    {
        text[0] = (byte)'0';
        text[1] = 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetTime(float* milliseconds, nint start, nint end)
    {
        *milliseconds = 1;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetMemory(nint* byteSize)
    {
        *byteSize = 1 << 30;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetMemoryInfo(nint* free, nint* total)
    {
        *free = *total = 1 << 30;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Make(nint* made)
    {
        *made = 1;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Call(nint stream, delegate* unmanaged<nint, void> function, nint argument)
    {
        function(argument);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Allocate(nint* address, nuint byteSize)
    {
        *address = (nint)NativeMemory.AlignedAlloc(byteSize, 4096);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Free(nint address)
    {
        NativeMemory.AlignedFree((void*)address);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Copy(nint destination, nint source, nuint byteSize)
    {
        NativeMemory.Copy((void*)source, (void*)destination, byteSize);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int OpenHandle(nint* address, Handle handle, uint flags)
    {
        *address = handle.Address;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetRange(nint* start, nuint* byteSize, nint address)
    {
        (*start, *byteSize) = (address, PeerByteSize);
        return 0;
    }

    // As CUDA takes it: 64 bytes by value.
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Handle
    {
        public nint Address;
    }
}
