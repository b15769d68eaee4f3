using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>A part of a device's multiprocessors: kernels on its streams run there and nowhere else. Disposed after its streams.</summary>
public sealed unsafe class CudaGreenContext : CudaHandle
{
    private CudaGreenContext(CudaContext context, nint value, int multiprocessorCount)
        : base(context, value) => MultiprocessorCount = multiprocessorCount;

    /// <summary>How many multiprocessors it has: those that were asked for, rounded up to what the device can divide.</summary>
    public int MultiprocessorCount { get; }

    /// <summary>Sets a part aside. Others that are made from the same device may share multiprocessors with it.</summary>
    /// <param name="context">The device's context.</param>
    /// <param name="multiprocessorCount">How many; 1 or more.</param>
    /// <exception cref="CudaException">The device has not that many, or cannot be divided.</exception>
    /// <exception cref="CudaUnavailableException">The driver is older than CUDA 12.5.</exception>
    public static CudaGreenContext Create(CudaContext context, int multiprocessorCount)
    {
        var api = context.Api;
        if (!api.HasGreenContexts)
        {
            throw new CudaUnavailableException("the NVIDIA driver has no green contexts; CUDA 12.5 or newer is needed to give a model a part of the GPU");
        }

        CudaDeviceResource all = default, part = default, rest = default;
        uint groups = 1;
        nint description, green;
        context.MakeCurrent();
        api.ThrowIfFailed(api.DeviceGetDevResource(context.Device, &all, CudaDeviceResource.Multiprocessors), "cuDeviceGetDevResource");
        api.ThrowIfFailed(api.DevSmResourceSplitByCount(&part, &groups, &all, &rest, 0, (uint)multiprocessorCount), "cuDevSmResourceSplitByCount");
        api.ThrowIfFailed(api.DevResourceGenerateDesc(&description, &part, 1), "cuDevResourceGenerateDesc");
        api.ThrowIfFailed(api.GreenCtxCreate(&green, description, context.Device, CudaConstants.GreenDefaultStream), "cuGreenCtxCreate");
        return new CudaGreenContext(context, green, (int)part.MultiprocessorCount);
    }

    private protected override CudaStatus Release() => Api.GreenCtxDestroy(handle);
}
