using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>Graphs: what was enqueued on a recording stream, to be enqueued again as a whole.</summary>
internal static unsafe class GraphEntryPoints
{
    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuStreamBeginCapture"] = (nint)(delegate* unmanaged<nint, int, CudaStatus>)&StreamBeginCapture;
        functions["cuStreamEndCapture"] = (nint)(delegate* unmanaged<nint, nint*, CudaStatus>)&StreamEndCapture;
        functions["cuStreamIsCapturing"] = (nint)(delegate* unmanaged<nint, int*, CudaStatus>)&StreamIsCapturing;
        functions["cuThreadExchangeStreamCaptureMode"] = (nint)(delegate* unmanaged<int*, CudaStatus>)&ThreadExchangeStreamCaptureMode;
        functions["cuGraphInstantiateWithFlags"] = (nint)(delegate* unmanaged<nint*, nint, ulong, CudaStatus>)&GraphInstantiateWithFlags;
        functions["cuGraphLaunch"] = (nint)(delegate* unmanaged<nint, nint, CudaStatus>)&GraphLaunch;
        functions["cuGraphExecDestroy"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&GraphExecDestroy;
        functions["cuGraphDestroy"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&GraphDestroy;
    }

    [UnmanagedCallersOnly]
    private static CudaStatus StreamBeginCapture(nint handle, int mode) => SimulatedDriver.Call("cuStreamBeginCapture", (driver, gpu) =>
    {
        var stream = StreamEntryPoints.Find(driver, gpu, "cuStreamBeginCapture", handle);
        stream.Capture = stream.Capture is null ? new SimulatedCapture(Environment.CurrentManagedThreadId, mode) : throw new Misuse("cuStreamBeginCapture: the stream records already.");
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus StreamEndCapture(nint handle, nint* made) => SimulatedDriver.Call("cuStreamEndCapture", (driver, gpu) =>
    {
        var stream = StreamEntryPoints.Find(driver, gpu, "cuStreamEndCapture", handle);
        var capture = stream.Capture ?? throw new Misuse("cuStreamEndCapture: the stream does not record.");
        capture.CheckEnd();
        stream.Capture = null;
        *made = driver.Objects.Add(new Graph("cuStreamEndCapture", gpu, capture.Operations));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus StreamIsCapturing(nint handle, int* isCapturing) => SimulatedDriver.Call("cuStreamIsCapturing", (driver, gpu) =>
    {
        *isCapturing = StreamEntryPoints.Find(driver, gpu, "cuStreamIsCapturing", handle).Capture is null ? 0 : 1;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus ThreadExchangeStreamCaptureMode(int* mode) => SimulatedDriver.Call("cuThreadExchangeStreamCaptureMode", driver =>
    {
        *mode = SimulatedThread.ExchangeCaptureMode(*mode);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GraphInstantiateWithFlags(nint* made, nint handle, ulong flags) => SimulatedDriver.Call("cuGraphInstantiateWithFlags", (driver, gpu) =>
    {
        *made = driver.Objects.Add(new Graph("cuGraphInstantiateWithFlags", gpu, driver.Objects.Find<Graph>("cuGraphInstantiateWithFlags", handle).Operations));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GraphLaunch(nint handle, nint streamHandle) => SimulatedDriver.Call("cuGraphLaunch", (driver, gpu) =>
    {
        var stream = StreamEntryPoints.Find(driver, gpu, "cuGraphLaunch", streamHandle);
        driver.Objects.Find<Graph>("cuGraphLaunch", handle).Operations.ForEach(operation => driver.Streams.Enqueue(stream, operation));
        driver.GraphLaunchCount++;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GraphExecDestroy(nint handle) => SimulatedDriver.Call("cuGraphExecDestroy", (driver, _) =>
    {
        driver.Objects.Remove<Graph>("cuGraphExecDestroy", handle);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GraphDestroy(nint handle) => SimulatedDriver.Call("cuGraphDestroy", (driver, _) =>
    {
        driver.Objects.Remove<Graph>("cuGraphDestroy", handle);
        return CudaStatus.Success;
    });

    private sealed class Graph(string call, SimulatedGpu device, List<SimulatedOperation> operations) : SimulatedObject(call, device)
    {
        public List<SimulatedOperation> Operations => operations;
    }
}
