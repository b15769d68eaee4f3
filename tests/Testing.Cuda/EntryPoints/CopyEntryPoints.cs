using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>
/// Copies. From and to locked host memory they run later, and the host keeps its hands off until then; from other host memory the
/// driver takes a copy at once, and to other host memory it waits, as the real one does.
/// </summary>
internal static unsafe class CopyEntryPoints
{
    private const byte Poison = 0xC5;

    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuMemcpyHtoD"] = (nint)(delegate* unmanaged<nint, nint, nuint, CudaStatus>)&MemcpyHtoD;
        functions["cuMemcpyDtoH"] = (nint)(delegate* unmanaged<nint, nint, nuint, CudaStatus>)&MemcpyDtoH;
        functions["cuMemcpyHtoDAsync"] = (nint)(delegate* unmanaged<nint, nint, nuint, nint, CudaStatus>)&MemcpyHtoDAsync;
        functions["cuMemcpyDtoHAsync"] = (nint)(delegate* unmanaged<nint, nint, nuint, nint, CudaStatus>)&MemcpyDtoHAsync;
        functions["cuMemcpyDtoDAsync"] = (nint)(delegate* unmanaged<nint, nint, nuint, nint, CudaStatus>)&MemcpyDtoDAsync;
        functions["cuMemsetD8Async"] = (nint)(delegate* unmanaged<nint, byte, nuint, nint, CudaStatus>)&MemsetD8Async;
    }

    // At once: the default stream waits for none of those that are made here.
    [UnmanagedCallersOnly]
    private static CudaStatus MemcpyHtoD(nint destination, nint source, nuint byteSize) => SimulatedDriver.Call("cuMemcpyHtoD", (driver, gpu) =>
    {
        new ReadOnlySpan<byte>((void*)source, (int)byteSize).CopyTo(driver.Access(gpu, "cuMemcpyHtoD", destination, (long)byteSize, isWrite: true));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemcpyDtoH(nint destination, nint source, nuint byteSize) => SimulatedDriver.Call("cuMemcpyDtoH", (driver, gpu) =>
    {
        driver.Access(gpu, "cuMemcpyDtoH", source, (long)byteSize, isWrite: false).CopyTo(new Span<byte>((void*)destination, (int)byteSize));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemcpyHtoDAsync(nint destination, nint source, nuint byteSize, nint streamHandle) => SimulatedDriver.Call("cuMemcpyHtoDAsync", (driver, gpu) =>
    {
        const string Call = "cuMemcpyHtoDAsync";
        var stream = StreamEntryPoints.Find(driver, gpu, Call, streamHandle);
        var length = (int)byteSize;
        if (!driver.Heap.IsLocked(source, length))
        {
            var content = new ReadOnlySpan<byte>((void*)source, length).ToArray();
            driver.Streams.Enqueue(stream, new SimulatedOperation(Call, () =>
            {
                driver.HostCopyCount++;
                content.CopyTo(driver.Access(gpu, Call, destination, length, isWrite: true));
            }));
            return CudaStatus.Success;
        }

        CopyInFlight? copy = null;
        driver.Streams.Enqueue(stream, new SimulatedOperation(Call, () =>
        {
            driver.HostCopyCount++;
            driver.Heap.EndCopy(copy!);
            if (!copy!.IsUntouched)
            {
                throw new Misuse($"{Call}: the host's memory was changed before the copy had run.");
            }

            copy.Bytes.CopyTo(driver.Access(gpu, Call, destination, length, isWrite: true));
        })
        {
            Enqueued = () => copy = driver.Heap.BeginCopy(Call, source, length),
        });
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemcpyDtoHAsync(nint destination, nint source, nuint byteSize, nint streamHandle) => SimulatedDriver.Call("cuMemcpyDtoHAsync", (driver, gpu) =>
    {
        const string Call = "cuMemcpyDtoHAsync";
        var stream = StreamEntryPoints.Find(driver, gpu, Call, streamHandle);
        var length = (int)byteSize;
        var isLocked = driver.Heap.IsLocked(destination, length);
        CopyInFlight? copy = null;
        driver.Streams.Enqueue(stream, new SimulatedOperation(Call, () =>
        {
            driver.HostCopyCount++;
            driver.Heap.EndCopy(copy!);
            if (!copy!.IsUntouched)
            {
                throw new Misuse($"{Call}: the host wrote to the memory before the copy had run.");
            }

            driver.Access(gpu, Call, source, length, isWrite: false).CopyTo(copy.Bytes);
        })
        {
            Enqueued = () =>
            {
                // Whoever looks before the copy has run sees it; but not where an earlier copy has still to read.
                if (!driver.Heap.IsInFlight(destination, length))
                {
                    new Span<byte>((void*)destination, length).Fill(Poison);
                }

                copy = driver.Heap.BeginCopy(Call, destination, length);
            },
        });
        if (!isLocked)
        {
            driver.Streams.StepUntil(Call, gpu, () => stream.IsIdle);
        }

        return gpu.Fault;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemcpyDtoDAsync(nint destination, nint source, nuint byteSize, nint streamHandle) => SimulatedDriver.Call("cuMemcpyDtoDAsync", (driver, gpu) =>
    {
        const string Call = "cuMemcpyDtoDAsync";
        var stream = StreamEntryPoints.Find(driver, gpu, Call, streamHandle);
        driver.Streams.Enqueue(stream, new SimulatedOperation(Call, () =>
        {
            driver.DeviceCopyCount++;
            driver.Access(gpu, Call, source, (long)byteSize, isWrite: false).CopyTo(driver.Access(gpu, Call, destination, (long)byteSize, isWrite: true));
        }));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus MemsetD8Async(nint destination, byte value, nuint byteSize, nint streamHandle) => SimulatedDriver.Call("cuMemsetD8Async", (driver, gpu) =>
    {
        var stream = StreamEntryPoints.Find(driver, gpu, "cuMemsetD8Async", streamHandle);
        driver.Streams.Enqueue(stream, new SimulatedOperation("cuMemsetD8Async", () => driver.Access(gpu, "cuMemsetD8Async", destination, (long)byteSize, isWrite: true).Fill(value)));
        return CudaStatus.Success;
    });
}
