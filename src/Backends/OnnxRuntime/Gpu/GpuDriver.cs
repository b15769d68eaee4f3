namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>The few functions of NVIDIA's driver that are called here, from the library that the device already has. Any thread.</summary>
internal sealed unsafe class GpuDriver
{
    private const int CaptureThreadLocal = 1; // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL
    private const int LeastVersion = 12000; // CUDA 12.0, the least that the device's own binding takes

    // CUresult cuMemcpyDtoDAsync(CUdeviceptr, CUdeviceptr, size_t, CUstream) and cuDriverGetVersion(int*).
    private readonly delegate* unmanaged<nint, nint, nuint, nint, int> _copy;
    private readonly delegate* unmanaged<int*, int> _getVersion;

    // CUresult cuStreamIsCapturing(CUstream, CUstreamCaptureStatus*), cuStreamEndCapture(CUstream, CUgraph*) and cuGraphDestroy(CUgraph).
    private readonly delegate* unmanaged<nint, int*, int> _isCapturing;
    private readonly delegate* unmanaged<nint, nint*, int> _endCapture;
    private readonly delegate* unmanaged<nint, int> _destroyGraph;

    // CUresult cuCtxSetCurrent(CUcontext), cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode*) and cuStreamQuery(CUstream).
    private readonly delegate* unmanaged<nint, int> _setCurrent;
    private readonly delegate* unmanaged<int*, int> _exchangeCaptureMode;
    private readonly delegate* unmanaged<nint, int> _query;
    private readonly nint _context;

    /// <exception cref="BackendException">The driver lacks a function.</exception>
    public GpuDriver(IAccelerator accelerator)
    {
        _copy = (delegate* unmanaged<nint, nint, nuint, nint, int>)Find(accelerator, "cuMemcpyDtoDAsync");
        _getVersion = (delegate* unmanaged<int*, int>)Find(accelerator, "cuDriverGetVersion");
        _isCapturing = (delegate* unmanaged<nint, int*, int>)Find(accelerator, "cuStreamIsCapturing");
        _endCapture = (delegate* unmanaged<nint, nint*, int>)Find(accelerator, "cuStreamEndCapture");
        _destroyGraph = (delegate* unmanaged<nint, int>)Find(accelerator, "cuGraphDestroy");
        _setCurrent = (delegate* unmanaged<nint, int>)Find(accelerator, "cuCtxSetCurrent");
        _exchangeCaptureMode = (delegate* unmanaged<int*, int>)Find(accelerator, "cuThreadExchangeStreamCaptureMode");
        _query = (delegate* unmanaged<nint, int>)Find(accelerator, "cuStreamQuery");
        _context = accelerator.Context;
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

    /// <summary>Makes the calling thread one of the device's: its calls are about it, and mind no recordings but its own.</summary>
    public void MakeCurrent()
    {
        var mode = CaptureThreadLocal;
        _ = _exchangeCaptureMode(&mode);

        // A device that has failed says so to whoever enqueues.
        _ = _setCurrent(_context);
    }

    /// <summary>Whether everything that a stream has been given has run, or will never run. The thread is the device's.</summary>
    public bool IsIdle(nint stream)
    {
        const int notReady = 600; // CUDA_ERROR_NOT_READY
        return _query(stream) != notReady;
    }

    /// <summary>Ends a recording that was begun on a stream and went wrong, if it still goes on: what is enqueued there would never run.</summary>
    public void EndRecording(nint stream)
    {
        int isCapturing;
        nint graph = 0;
        if (_isCapturing(stream, &isCapturing) == 0 && isCapturing != 0 && _endCapture(stream, &graph) == 0 && graph != 0)
        {
            _ = _destroyGraph(graph);
        }
    }

    private static nint Find(IAccelerator accelerator, string name) => accelerator.FindFunction(name, LeastVersion) is var address and not 0
        ? address
        : throw new BackendException(StatusCode.Unsupported, $"The driver of '{accelerator.Name}' has no function '{name}'.");
}
