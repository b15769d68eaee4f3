using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>
/// Work that was recorded once and is enqueued as a whole, which costs one launch however many kernels there are. The addresses
/// that it was recorded with stay in it. Disposed when it does not run any more.
/// </summary>
public sealed unsafe class CudaGraph : CudaHandle
{
    private CudaGraph(CudaContext context, nint value)
        : base(context, value)
    {
    }

    /// <summary>Records what an action enqueues on a stream, in place of running it. The context is current.</summary>
    /// <param name="context">The stream's.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="record">Enqueues.</param>
    /// <exception cref="CudaException">Something in it cannot be recorded.</exception>
    public static CudaGraph Capture(CudaContext context, nint stream, Action record)
    {
        var api = context.Api;
        api.ThrowIfFailed(api.StreamBeginCapture(stream, CudaConstants.CaptureThreadLocal), "cuStreamBeginCapture");
        nint graph = 0, executable = 0;
        try
        {
            record();
        }
        catch
        {
            // A stream that goes on recording would run nothing any more.
            if (api.StreamEndCapture(stream, &graph) == CudaStatus.Success)
            {
                _ = api.GraphDestroy(graph);
            }

            throw;
        }

        api.ThrowIfFailed(api.StreamEndCapture(stream, &graph), "cuStreamEndCapture");
        var status = api.GraphInstantiateWithFlags(&executable, graph, 0);
        _ = api.GraphDestroy(graph);
        api.ThrowIfFailed(status, "cuGraphInstantiateWithFlags");
        return new CudaGraph(context, executable);
    }

    /// <summary>Enqueues it.</summary>
    public void Launch(nint stream) => Api.ThrowIfFailed(Api.GraphLaunch(Value, stream), "cuGraphLaunch");

    private protected override CudaStatus Release() => Api.GraphExecDestroy(handle);
}
