using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Native;

/// <summary><c>CUdevResource</c>: a type, 92 bytes of padding, and 48 bytes by type. 144 bytes in CUDA 12 and 13; calls take arrays of it.</summary>
[StructLayout(LayoutKind.Explicit, Size = ByteSize)]
internal struct CudaDeviceResource
{
    public const int ByteSize = 144;
    public const int Multiprocessors = 1;

    [FieldOffset(0)]
    public int Type;

    /// <summary>How many multiprocessors it has (<c>sm.smCount</c>).</summary>
    [FieldOffset(96)]
    public uint MultiprocessorCount;

    /// <summary>How many of them are surely scheduled together (<c>sm.smCoscheduledAlignment</c>); 0 before CUDA 13, which does not say.</summary>
    [FieldOffset(104)]
    public uint CoscheduledAlignment;

    /// <summary>The driver's, from CUDA 13.1 on (<c>nextResource</c>).</summary>
    [FieldOffset(136)]
    public nint Next;
}
