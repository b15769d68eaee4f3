using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>Streams: made, waited for, and what the host does in their order.</summary>
internal static unsafe class StreamEntryPoints
{
    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuStreamCreateWithPriority"] = (nint)(delegate* unmanaged<nint*, uint, int, CudaStatus>)&StreamCreateWithPriority;
        functions["cuStreamDestroy"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&StreamDestroy;
        functions["cuStreamSynchronize"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&StreamSynchronize;
        functions["cuStreamQuery"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&StreamQuery;
        functions["cuStreamWaitEvent"] = (nint)(delegate* unmanaged<nint, nint, uint, CudaStatus>)&StreamWaitEvent;
        functions["cuLaunchHostFunc"] = (nint)(delegate* unmanaged<nint, delegate* unmanaged<nint, void>, nint, CudaStatus>)&LaunchHostFunc;
    }

    /// <summary>A stream that the thread's context can use.</summary>
    public static SimulatedStream Find(SimulatedDriver driver, SimulatedGpu gpu, string call, nint handle)
    {
        var stream = driver.Objects.Find<SimulatedStream>(call, handle);
        return stream.Device == gpu
            ? stream
            : throw new Misuse($"{call}: the stream is device {stream.Device.Ordinal}'s, and the thread's context device {gpu.Ordinal}'s.", CudaStatus.InvalidContext);
    }

    private static SimulatedStream FindWaitable(SimulatedDriver driver, string call, nint handle)
    {
        var stream = driver.Objects.Find<SimulatedStream>(call, handle);
        return stream.Capture is null ? stream : throw new Misuse($"{call}: the stream records; what it records does not run.", CudaStatus.StreamCaptureUnsupported);
    }

    [UnmanagedCallersOnly]
    private static CudaStatus StreamCreateWithPriority(nint* made, uint flags, int priority) => SimulatedDriver.Call("cuStreamCreateWithPriority", (driver, gpu) =>
    {
        var green = SimulatedThread.GetGreen(driver);
        var stream = new SimulatedStream("cuStreamCreateWithPriority", gpu, priority, green?.Multiprocessors ?? gpu.AllMultiprocessors) { Green = green };
        *made = driver.Objects.Add(stream);
        driver.Streams.Add(stream);
        return flags == CudaConstants.StreamNonBlocking ? CudaStatus.Success : throw new Misuse("cuStreamCreateWithPriority: the stream would wait for the default stream.");
    });

    [UnmanagedCallersOnly]
    private static CudaStatus StreamDestroy(nint handle) => SimulatedDriver.Call("cuStreamDestroy", driver =>
    {
        var stream = driver.Objects.Remove<SimulatedStream>("cuStreamDestroy", handle);
        driver.Streams.Remove(stream);
        return stream.IsIdle || stream.Device.Fault != CudaStatus.Success ? CudaStatus.Success : throw new Misuse($"cuStreamDestroy: the stream still has {stream.Waiting.Count} operations to run.");
    });

    [UnmanagedCallersOnly]
    private static CudaStatus StreamSynchronize(nint handle) => SimulatedDriver.Call("cuStreamSynchronize", (driver, gpu) =>
    {
        var stream = FindWaitable(driver, "cuStreamSynchronize", handle);
        driver.Streams.StepUntil("cuStreamSynchronize", stream.Device, () => stream.IsIdle);
        return stream.Device.Fault;
    });

    // A stream that has nothing to do, and has had nothing to do with it, need not know that the device is lost.
    [UnmanagedCallersOnly]
    private static CudaStatus StreamQuery(nint handle) => SimulatedDriver.Call("cuStreamQuery", driver =>
    {
        var stream = FindWaitable(driver, "cuStreamQuery", handle);
        driver.Streams.StepSome();
        return stream.IsIdle && !stream.HasFaulted ? CudaStatus.Success : stream.Device.Fault != CudaStatus.Success ? stream.Device.Fault : CudaStatus.NotReady;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus StreamWaitEvent(nint handle, nint marker, uint flags) => SimulatedDriver.Call("cuStreamWaitEvent", (driver, gpu) =>
    {
        var stream = Find(driver, gpu, "cuStreamWaitEvent", handle);
        var mark = driver.Objects.Find<SimulatedEvent>("cuStreamWaitEvent", marker).Last;
        if (!driver.IsWaitDropped())
        {
            driver.Streams.Enqueue(stream, new SimulatedOperation("cuStreamWaitEvent", static () => { }) { IsReady = () => mark?.HasRun ?? true });
        }

        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus LaunchHostFunc(nint handle, delegate* unmanaged<nint, void> function, nint argument) => SimulatedDriver.Call("cuLaunchHostFunc", (driver, gpu) =>
    {
        var stream = Find(driver, gpu, "cuLaunchHostFunc", handle);
        driver.Streams.Enqueue(stream, new SimulatedOperation("cuLaunchHostFunc", static () => { }) { RunOnHost = () => SimulatedThread.CallHost(function, argument) });
        return CudaStatus.Success;
    });
}
