namespace Camshaft.Backends.Cuda.Native;

/// <summary><c>nvmlUtilization_t</c>: in the last sample period, percent of the time in which a kernel ran, and in which memory was read or written.</summary>
internal struct NvmlUtilization
{
    public uint Gpu;
    public uint Memory;
}
