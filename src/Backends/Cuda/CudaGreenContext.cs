using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>A part of a device's multiprocessors: kernels on its streams run there and nowhere else. Disposed after its streams.</summary>
public sealed unsafe class CudaGreenContext : CudaHandle
{
    // The driver wants it current on one thread at a time.
    private readonly Lock _gate = new();

    private CudaGreenContext(CudaContext context, nint value, int multiprocessorCount)
        : base(context, value) => MultiprocessorCount = multiprocessorCount;

    /// <summary>How many multiprocessors it has.</summary>
    public int MultiprocessorCount { get; }

    /// <summary>Makes one of some groups. Another that has one of them too runs on the same multiprocessors.</summary>
    /// <param name="context">The device's context.</param>
    /// <param name="multiprocessors">The device's multiprocessors.</param>
    /// <param name="groups">Which of their groups, by number from 0; at least one.</param>
    /// <param name="withRest">Whether it has what is left over behind the groups too.</param>
    /// <exception cref="CudaException">The driver does not make it.</exception>
    public static CudaGreenContext Create(CudaContext context, CudaMultiprocessors multiprocessors, ReadOnlySpan<int> groups, bool withRest = false)
    {
        nint made;
        var api = context.Api;
        context.MakeCurrent();
        var description = multiprocessors.Describe(api, groups, withRest, out var multiprocessorCount);
        api.ThrowIfFailed(api.GreenCtxCreate(&made, description, context.Device, CudaConstants.GreenDefaultStream), "cuGreenCtxCreate");
        return new CudaGreenContext(context, made, multiprocessorCount);
    }

    /// <summary>Makes an event that streams of it can mark: the driver's documentation wants an event and the stream that it is recorded on to be of the same context.</summary>
    /// <param name="flags">The event's.</param>
    /// <exception cref="CudaException">The device does not answer.</exception>
    internal nint CreateEvent(uint flags)
    {
        nint converted, made;
        lock (_gate)
        {
            Context.MakeCurrent();
            Api.ThrowIfFailed(Api.CtxFromGreenCtx(&converted, Value), "cuCtxFromGreenCtx");
            Api.ThrowIfFailed(Api.CtxSetCurrent(converted), "cuCtxSetCurrent");
            try
            {
                Api.ThrowIfFailed(Api.EventCreate(&made, flags), "cuEventCreate");
                return made;
            }
            finally
            {
                _ = Context.TryMakeCurrent();
            }
        }
    }

    private protected override CudaStatus Release() => Api.GreenCtxDestroy(handle);
}
