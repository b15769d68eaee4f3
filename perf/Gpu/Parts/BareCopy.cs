using Camshaft.Backends;

namespace Camshaft.GpuBenchmark.Parts;

/// <summary><c>cuMemcpy</c> as a program without streams calls it: it returns when the bytes are there. The context is current.</summary>
internal sealed unsafe class BareCopy
{
    private const int Version = 12000;

    private readonly delegate* unmanaged<nint, nint, nuint, int> _copyIn;
    private readonly delegate* unmanaged<nint, nint, nuint, int> _copyOut;

    /// <exception cref="BackendException">The driver has no such function.</exception>
    public BareCopy(IAccelerator device)
    {
        _copyIn = (delegate* unmanaged<nint, nint, nuint, int>)Find(device, "cuMemcpyHtoD");
        _copyOut = (delegate* unmanaged<nint, nint, nuint, int>)Find(device, "cuMemcpyDtoH");
    }

    public void CopyIn(nint device, nint host, long byteSize) => ThrowIfFailed(_copyIn(device, host, (nuint)byteSize));

    public void CopyOut(nint host, nint device, long byteSize) => ThrowIfFailed(_copyOut(host, device, (nuint)byteSize));

    private static nint Find(IAccelerator device, string name) => device.FindFunction(name, Version) is var address and not 0
        ? address
        : throw new BackendException(StatusCode.Unsupported, $"The driver lacks '{name}'.");

    private static void ThrowIfFailed(int status)
    {
        if (status != 0)
        {
            throw new BackendException(StatusCode.Internal, $"cuMemcpy failed with code {status} of cuda.h.");
        }
    }
}
