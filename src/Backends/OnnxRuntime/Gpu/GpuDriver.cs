namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>The two functions of NVIDIA's driver that are called here, from the library that the device already has. Any thread.</summary>
internal sealed unsafe class GpuDriver
{
    private const int LeastVersion = 12000; // CUDA 12.0, the least that the device's own binding takes

    // CUresult cuMemcpyDtoDAsync(CUdeviceptr, CUdeviceptr, size_t, CUstream) and cuDriverGetVersion(int*).
    private readonly delegate* unmanaged<nint, nint, nuint, nint, int> _copy;
    private readonly delegate* unmanaged<int*, int> _getVersion;

    /// <exception cref="BackendException">The driver lacks a function.</exception>
    public GpuDriver(IAccelerator accelerator)
    {
        _copy = (delegate* unmanaged<nint, nint, nuint, nint, int>)Find(accelerator, "cuMemcpyDtoDAsync");
        _getVersion = (delegate* unmanaged<int*, int>)Find(accelerator, "cuDriverGetVersion");
    }

    /// <summary>The newest version of CUDA that the driver knows, for example 13000; 0 = it does not say.</summary>
    public int Version
    {
        get
        {
            int version;
            return _getVersion(&version) == 0 ? version : 0;
        }
    }

    /// <summary>Enqueues a copy inside the device's memory.</summary>
    /// <exception cref="BackendException">The driver refuses.</exception>
    public void Copy(nint destination, nint source, long byteSize, nint stream)
    {
        var status = _copy(destination, source, (nuint)byteSize, stream);
        if (status != 0)
        {
            throw new BackendException(StatusCode.Internal, $"The GPU's driver refuses a copy of {byteSize} bytes (cuMemcpyDtoDAsync: {status}).");
        }
    }

    private static nint Find(IAccelerator accelerator, string name) => accelerator.FindFunction(name, LeastVersion) is var address and not 0
        ? address
        : throw new BackendException(StatusCode.Unsupported, $"The driver of '{accelerator.Name}' has no function '{name}'.");
}
