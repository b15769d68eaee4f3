using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>Events.</summary>
internal static unsafe class EventEntryPoints
{
    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuEventCreate"] = (nint)(delegate* unmanaged<nint*, uint, CudaStatus>)&EventCreate;
        functions["cuEventDestroy"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&EventDestroy;
        functions["cuEventRecord"] = (nint)(delegate* unmanaged<nint, nint, CudaStatus>)&EventRecord;
        functions["cuEventQuery"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&EventQuery;
        functions["cuEventSynchronize"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&EventSynchronize;
        functions["cuEventElapsedTime"] = (nint)(delegate* unmanaged<float*, nint, nint, CudaStatus>)&EventElapsedTime;
    }

    [UnmanagedCallersOnly]
    private static CudaStatus EventCreate(nint* made, uint flags) => SimulatedDriver.Call("cuEventCreate", (driver, gpu) =>
    {
        *made = driver.Objects.Add(new SimulatedEvent(gpu, keepsTime: (flags & CudaConstants.EventDisableTiming) == 0, SimulatedThread.GetGreen(driver)));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus EventDestroy(nint handle) => SimulatedDriver.Call("cuEventDestroy", driver =>
    {
        driver.Objects.Remove<SimulatedEvent>("cuEventDestroy", handle);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus EventRecord(nint handle, nint streamHandle) => SimulatedDriver.Call("cuEventRecord", (driver, gpu) =>
    {
        var stream = StreamEntryPoints.Find(driver, gpu, "cuEventRecord", streamHandle);
        var made = driver.Objects.Find<SimulatedEvent>("cuEventRecord", handle);
        if (made.Device != gpu || made.Green != stream.Green)
        {
            throw new Misuse("cuEventRecord: the event was made in another context than the stream's; a part of a device is a context of its own.", CudaStatus.InvalidHandle);
        }

        var mark = new SimulatedEvent.Mark();
        made.Last = mark;
        driver.Streams.Enqueue(stream, new SimulatedOperation("cuEventRecord", () => (mark.HasRun, mark.Time) = (true, driver.Streams.Time)));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus EventQuery(nint handle) => SimulatedDriver.Call("cuEventQuery", (driver, gpu) =>
    {
        var made = driver.Objects.Find<SimulatedEvent>("cuEventQuery", handle);
        driver.Streams.StepSome();
        return made.Device.Fault != CudaStatus.Success ? made.Device.Fault : made.Last?.HasRun ?? true ? CudaStatus.Success : CudaStatus.NotReady;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus EventSynchronize(nint handle) => SimulatedDriver.Call("cuEventSynchronize", (driver, gpu) =>
    {
        var made = driver.Objects.Find<SimulatedEvent>("cuEventSynchronize", handle);
        driver.Streams.StepUntil("cuEventSynchronize", made.Device, () => made.Last?.HasRun ?? true);
        return made.Device.Fault;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus EventElapsedTime(float* milliseconds, nint start, nint end) => SimulatedDriver.Call("cuEventElapsedTime", (driver, gpu) =>
    {
        var first = driver.Objects.Find<SimulatedEvent>("cuEventElapsedTime", start);
        var last = driver.Objects.Find<SimulatedEvent>("cuEventElapsedTime", end);
        if (!first.KeepsTime || !last.KeepsTime || first.Last is null || last.Last is null)
        {
            throw new Misuse("cuEventElapsedTime: an event keeps no time, or was never recorded.", CudaStatus.InvalidHandle);
        }

        *milliseconds = (float)(last.Last.Time - first.Last.Time).TotalMilliseconds;
        return first.Last.HasRun && last.Last.HasRun ? CudaStatus.Success : CudaStatus.NotReady;
    });
}
