using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>
/// A queue of work on a device: what is enqueued runs in that order, beside what other streams have. The calling thread has made
/// the context current. Any thread enqueues, one at a time.
/// </summary>
public sealed unsafe class CudaStream : CudaHandle
{
    private CudaStream(CudaContext context, nint value, CudaGreenContext? partition = null)
        : base(context, value) => Partition = partition;

    /// <summary>Whether everything that was enqueued has run.</summary>
    /// <exception cref="CudaException">Something that was enqueued has failed.</exception>
    public bool IsIdle
    {
        get
        {
            var status = Api.StreamQuery(Value);
            if (status == CudaStatus.NotReady)
            {
                return false;
            }

            Api.ThrowIfFailed(status, "cuStreamQuery");
            return true;
        }
    }

    /// <summary>The part of the device that its kernels run on; null = all of it. Outlives the stream.</summary>
    internal CudaGreenContext? Partition { get; }

    /// <summary>Makes a stream that waits for no other unless it is told to.</summary>
    /// <param name="context">Where.</param>
    /// <param name="priority">One of <see cref="CudaContext.GetStreamPriorities"/>.</param>
    public static CudaStream Create(CudaContext context, int priority)
    {
        nint stream;
        context.MakeCurrent();
        context.Api.ThrowIfFailed(context.Api.StreamCreateWithPriority(&stream, CudaConstants.StreamNonBlocking, priority), "cuStreamCreateWithPriority");
        return new CudaStream(context, stream);
    }

    /// <summary>Makes a stream whose kernels run on a part of the device alone; copies use the copy engines as ever.</summary>
    public static CudaStream Create(CudaGreenContext partition, int priority)
    {
        nint stream;
        var context = partition.Context;
        context.MakeCurrent();
        context.Api.ThrowIfFailed(context.Api.GreenCtxStreamCreate(&stream, partition.Value, CudaConstants.StreamNonBlocking, priority), "cuGreenCtxStreamCreate");
        return new CudaStream(context, stream, partition);
    }

    /// <summary>Copies to the device. The host's memory stays as it is until that has run.</summary>
    public void CopyIn(nint destination, nint source, long byteSize) =>
        Api.ThrowIfFailed(Api.MemcpyHtoDAsync(destination, source, (nuint)byteSize, Value), "cuMemcpyHtoDAsync");

    /// <summary>Copies to the host. The bytes are there once that has run.</summary>
    public void CopyOut(nint destination, nint source, long byteSize) =>
        Api.ThrowIfFailed(Api.MemcpyDtoHAsync(destination, source, (nuint)byteSize, Value), "cuMemcpyDtoHAsync");

    /// <summary>Copies on the device.</summary>
    public void Copy(nint destination, nint source, long byteSize) =>
        Api.ThrowIfFailed(Api.MemcpyDtoDAsync(destination, source, (nuint)byteSize, Value), "cuMemcpyDtoDAsync");

    /// <summary>Fills memory of the device.</summary>
    public void Fill(nint destination, byte value, long byteSize) =>
        Api.ThrowIfFailed(Api.MemsetD8Async(destination, value, (nuint)byteSize, Value), "cuMemsetD8Async");

    /// <summary>Goes on only when what an event marks has run.</summary>
    public void WaitFor(CudaEvent marker) => Api.ThrowIfFailed(Api.StreamWaitEvent(Value, marker.Value, 0), "cuStreamWaitEvent");

    /// <summary>Calls a function of the host once everything before has run; never if the device fails before. It must not call the driver.</summary>
    public void Call(delegate* unmanaged<nint, void> function, nint argument) => Api.ThrowIfFailed(Api.LaunchHostFunc(Value, function, argument), "cuLaunchHostFunc");

    /// <summary>Waits until everything that was enqueued has run. For rare moments: the thread sleeps or spins meanwhile.</summary>
    /// <exception cref="CudaException">Something that was enqueued has failed.</exception>
    public void Synchronize() => Api.ThrowIfFailed(Api.StreamSynchronize(Value), "cuStreamSynchronize");

    private protected override CudaStatus Release() => Api.StreamDestroy(handle);
}
