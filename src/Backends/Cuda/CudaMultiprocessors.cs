using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>
/// A device's multiprocessors, split once into groups of the fewest that the driver divides by (8 from compute capability 9.0 on). Parts of
/// the device are put together of these, since the driver puts together only what comes from one split. Any thread; holds nothing.
/// </summary>
public sealed unsafe class CudaMultiprocessors
{
    // The groups; behind them what the split left over, where it may be put together with them.
    private readonly CudaDeviceResource[] _resources;

    private CudaMultiprocessors(int count, int groupCount, CudaDeviceResource[] resources)
    {
        Count = count;
        GroupCount = groupCount;
        _resources = resources;
    }

    /// <summary>How many the device has.</summary>
    public int Count { get; }

    /// <summary>How many groups there are.</summary>
    public int GroupCount { get; }

    /// <summary>How many multiprocessors a group has. All have as many.</summary>
    public int GroupSize => (int)_resources[0].MultiprocessorCount;

    /// <summary>How many are left over behind the groups: no part can be made of them, but they can be added to one.</summary>
    public int RestCount => _resources.Length > GroupCount ? (int)_resources[GroupCount].MultiprocessorCount : 0;

    /// <summary>Splits a device's.</summary>
    /// <exception cref="CudaUnavailableException">The driver is older than CUDA 12.5.</exception>
    /// <exception cref="CudaException">The device cannot be divided.</exception>
    public static CudaMultiprocessors Split(CudaContext context)
    {
        var api = context.Api;
        if (!api.HasGreenContexts)
        {
            throw new CudaUnavailableException("the NVIDIA driver has no green contexts; CUDA 12.5 or newer is needed to give a model a part of the GPU");
        }

        CudaDeviceResource all = default;
        context.MakeCurrent();
        api.ThrowIfFailed(api.DeviceGetDevResource(context.Device, &all, CudaDeviceResource.Multiprocessors), "cuDeviceGetDevResource");

        // One is rounded up to the fewest that are possible. The first call only counts.
        var groupCount = all.MultiprocessorCount;
        api.ThrowIfFailed(api.DevSmResourceSplitByCount(null, &groupCount, &all, null, 0, 1), "cuDevSmResourceSplitByCount");
        var resources = new CudaDeviceResource[groupCount + 1];
        fixed (CudaDeviceResource* groups = resources)
        {
            api.ThrowIfFailed(api.DevSmResourceSplitByCount(groups, &groupCount, &all, groups + groupCount, 0, 1), "cuDevSmResourceSplitByCount");
        }

        return groupCount > 0 && groupCount < resources.Length
            ? new CudaMultiprocessors((int)all.MultiprocessorCount, (int)groupCount, HasUsableRest(resources, (int)groupCount) ? resources : resources[..(int)groupCount])
            : throw api.CreateException(CudaStatus.InvalidValue, "cuDevSmResourceSplitByCount");
    }

    /// <summary>Describes some of them, as the call that makes a green context wants it. The context is current.</summary>
    internal nint Describe(CudaApi api, ReadOnlySpan<int> groups, bool withRest, out int multiprocessorCount)
    {
        var resources = new CudaDeviceResource[groups.Length + (withRest && RestCount > 0 ? 1 : 0)];
        for (var i = 0; i < resources.Length; i++)
        {
            resources[i] = _resources[i < groups.Length ? groups[i] : GroupCount];
        }

        multiprocessorCount = resources.Sum(static resource => (int)resource.MultiprocessorCount);
        nint description;
        fixed (CudaDeviceResource* described = resources)
        {
            api.ThrowIfFailed(api.DevResourceGenerateDesc(&description, described, (uint)resources.Length), "cuDevResourceGenerateDesc");
        }

        return description;
    }

    // From CUDA 13 on the driver refuses to put together what it schedules differently; before, it does not say.
    private static bool HasUsableRest(CudaDeviceResource[] resources, int groupCount) =>
        resources[groupCount].Type == CudaDeviceResource.Multiprocessors && resources[groupCount].MultiprocessorCount > 0
        && resources[groupCount].CoscheduledAlignment == resources[0].CoscheduledAlignment;
}
