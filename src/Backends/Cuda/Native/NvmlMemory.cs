namespace Camshaft.Backends.Cuda.Native;

/// <summary><c>nvmlMemory_t</c>: bytes of device memory.</summary>
internal struct NvmlMemory
{
    public ulong Total;
    public ulong Free;
    public ulong Used;
}
