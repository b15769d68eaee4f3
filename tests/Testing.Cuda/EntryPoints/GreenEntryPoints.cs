using System.Numerics;
using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>
/// Green contexts: parts of a device's multiprocessors, in steps of eight, as from compute capability 9.0 on. Two that live at once and have
/// a multiprocessor in common fail the test: no part of Camshaft's may.
/// </summary>
internal static unsafe class GreenEntryPoints
{
    private const uint Step = 8;
    private const uint RestAlignment = 2;

    // Before that version resources do not say what is scheduled together, and anything of one split can be put together.
    private const int AlignmentsKnown = 13000;

    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuDeviceGetDevResource"] = (nint)(delegate* unmanaged<int, CudaDeviceResource*, int, CudaStatus>)&DeviceGetDevResource;
        functions["cuDevSmResourceSplitByCount"] = (nint)(delegate* unmanaged<CudaDeviceResource*, uint*, CudaDeviceResource*, CudaDeviceResource*, uint, uint, CudaStatus>)&DevSmResourceSplitByCount;
        functions["cuDevResourceGenerateDesc"] = (nint)(delegate* unmanaged<nint*, CudaDeviceResource*, uint, CudaStatus>)&DevResourceGenerateDesc;
        functions["cuGreenCtxCreate"] = (nint)(delegate* unmanaged<nint*, nint, int, uint, CudaStatus>)&GreenCtxCreate;
        functions["cuGreenCtxDestroy"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&GreenCtxDestroy;
        functions["cuCtxFromGreenCtx"] = (nint)(delegate* unmanaged<nint*, nint, CudaStatus>)&CtxFromGreenCtx;
        functions["cuGreenCtxStreamCreate"] = (nint)(delegate* unmanaged<nint*, nint, uint, int, CudaStatus>)&GreenCtxStreamCreate;
    }

    [UnmanagedCallersOnly]
    private static CudaStatus DeviceGetDevResource(int device, CudaDeviceResource* resource, int type) => SimulatedDriver.Call("cuDeviceGetDevResource", (driver, gpu) =>
    {
        Write(driver, resource, split: 0, gpu.AllMultiprocessors, Step);
        return type == CudaDeviceResource.Multiprocessors ? CudaStatus.Success : CudaStatus.InvalidValue;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus DevSmResourceSplitByCount(CudaDeviceResource* result, uint* groups, CudaDeviceResource* input, CudaDeviceResource* rest, uint flags, uint least) => SimulatedDriver.Call("cuDevSmResourceSplitByCount", (driver, _) =>
    {
        var (split, all) = Read(input);
        var count = (Math.Max(1, least) + Step - 1) / Step * Step;
        if (input->Type != CudaDeviceResource.Multiprocessors || split != 0 || flags != 0 || least > input->MultiprocessorCount)
        {
            return CudaStatus.InvalidValue;
        }

        var possible = input->MultiprocessorCount / count;
        if (result is null)
        {
            *groups = possible;
            return CudaStatus.Success;
        }

        *groups = Math.Min(*groups, possible);
        split = ++driver.SplitCount;
        for (var group = 0; group < *groups; group++)
        {
            Write(driver, result + group, split, Take(ref all, (int)count), Step);
        }

        if (rest is not null)
        {
            Write(driver, rest, split, all, RestAlignment);
        }

        return CudaStatus.Success;
    });

    // A description is never given back.
    [UnmanagedCallersOnly]
    private static CudaStatus DevResourceGenerateDesc(nint* description, CudaDeviceResource* resources, uint count) => SimulatedDriver.Call("cuDevResourceGenerateDesc", (driver, _) =>
    {
        var (split, together) = Read(resources);
        for (var i = 1; i < count; i++)
        {
            var (otherSplit, more) = Read(resources + i);
            if (otherSplit != split || (more & together) != 0 || resources[i].CoscheduledAlignment != resources->CoscheduledAlignment)
            {
                return CudaStatus.InvalidResourceConfiguration;
            }

            together |= more;
        }

        driver.Descriptions.Add(together);
        *description = driver.Descriptions.Count;
        return count > 0 && together != 0 ? CudaStatus.Success : CudaStatus.InvalidValue;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GreenCtxCreate(nint* made, nint description, int device, uint flags) => SimulatedDriver.Call("cuGreenCtxCreate", (driver, gpu) =>
    {
        var multiprocessors = driver.Descriptions[(int)description - 1];
        var common = driver.Objects.All.OfType<SimulatedGreenContext>().Where(other => other.Device == gpu).Aggregate(0UL, (common, other) => common | (other.Multiprocessors & multiprocessors));
        *made = driver.Objects.Add(new SimulatedGreenContext(gpu, multiprocessors));
        return common != 0
            ? throw new Misuse($"cuGreenCtxCreate: {BitOperations.PopCount(common)} of the multiprocessors are another green context's.", CudaStatus.Success)
            : flags == CudaConstants.GreenDefaultStream ? CudaStatus.Success : CudaStatus.InvalidValue;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GreenCtxDestroy(nint handle) => SimulatedDriver.Call("cuGreenCtxDestroy", (driver, _) =>
    {
        var green = driver.Objects.Remove<SimulatedGreenContext>("cuGreenCtxDestroy", handle);
        if (green.Thread != 0)
        {
            throw new Misuse("cuGreenCtxDestroy: it is current on a thread.", CudaStatus.Success);
        }

        return driver.Streams.All.Any(stream => stream.Green == green)
            ? throw new Misuse("cuGreenCtxDestroy: it still has streams.", CudaStatus.Success)
            : CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus CtxFromGreenCtx(nint* context, nint handle) => SimulatedDriver.Call("cuCtxFromGreenCtx", (driver, _) =>
    {
        *context = driver.Objects.Find<SimulatedGreenContext>("cuCtxFromGreenCtx", handle).Converted;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus GreenCtxStreamCreate(nint* made, nint handle, uint flags, int priority) => SimulatedDriver.Call("cuGreenCtxStreamCreate", (driver, gpu) =>
    {
        var green = driver.Objects.Find<SimulatedGreenContext>("cuGreenCtxStreamCreate", handle);
        var stream = new SimulatedStream("cuGreenCtxStreamCreate", gpu, priority, green.Multiprocessors) { Green = green };
        *made = driver.Objects.Add(stream);
        driver.Streams.Add(stream);
        return flags == CudaConstants.StreamNonBlocking ? CudaStatus.Success : CudaStatus.InvalidValue;
    });

    // What the driver keeps in a resource is its own affair: here the split that made it, and a bit for each multiprocessor.
    private static void Write(SimulatedDriver driver, CudaDeviceResource* resource, int split, ulong multiprocessors, uint alignment)
    {
        *resource = default;
        resource->Type = multiprocessors == 0 ? 0 : CudaDeviceResource.Multiprocessors;
        resource->MultiprocessorCount = (uint)BitOperations.PopCount(multiprocessors);
        resource->CoscheduledAlignment = driver.Options.Version >= AlignmentsKnown ? alignment : 0;
        ((long*)resource)[1] = split;
        ((ulong*)resource)[2] = multiprocessors;
    }

    private static (int Split, ulong Multiprocessors) Read(CudaDeviceResource* resource) => ((int)((long*)resource)[1], ((ulong*)resource)[2]);

    private static ulong Take(ref ulong from, int count)
    {
        var taken = 0UL;
        for (var i = 0; i < count; i++)
        {
            taken |= from & (~from + 1);
            from &= from - 1;
        }

        return taken;
    }
}
