using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Native;

/// <summary>
/// <c>CUdevResource</c>: a type, 92 bytes of padding, and for multiprocessors their count. 144 bytes in CUDA 12 and 13; more here,
/// since it is never one of an array and a longer one in later drivers must not be overrun.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct CudaDeviceResource
{
    public const int Multiprocessors = 1;

    [FieldOffset(0)]
    public int Type;

    [FieldOffset(96)]
    public uint MultiprocessorCount;
}
