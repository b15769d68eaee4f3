using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Native;

/// <summary>
/// <c>CUmemPoolProps</c>: 88 bytes. What came after the security attributes (a size limit, a usage) was reserved before and is
/// zero here, which means the driver's default in every version.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 88)]
internal struct CudaPoolProperties
{
    public const int Pinned = 1;
    public const int LocationDevice = 1;

    public int AllocationType;
    public int HandleTypes;
    public int LocationType;
    public int LocationId;
    public nint SecurityAttributes;
}
