using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>A mark in a stream: has run when everything before it has. Marks anew each time it is recorded.</summary>
public sealed unsafe class CudaEvent : CudaHandle
{
    private CudaEvent(CudaContext context, nint value)
        : base(context, value)
    {
    }

    /// <summary>Whether what was marked has run; true before the first <see cref="Record"/>.</summary>
    /// <exception cref="CudaException">The device has failed.</exception>
    public bool HasRun
    {
        get
        {
            var status = Api.EventQuery(Value);
            if (status == CudaStatus.NotReady)
            {
                return false;
            }

            Api.ThrowIfFailed(status, "cuEventQuery");
            return true;
        }
    }

    /// <summary>Makes an event for marks in a stream of the whole device.</summary>
    /// <param name="context">Where.</param>
    /// <param name="keepsTime">Whether <see cref="GetTimeSince"/> is wanted; without it events are quicker.</param>
    public static CudaEvent Create(CudaContext context, bool keepsTime)
    {
        nint made;
        context.MakeCurrent();
        context.Api.ThrowIfFailed(context.Api.EventCreate(&made, GetFlags(keepsTime)), "cuEventCreate");
        return new CudaEvent(context, made);
    }

    /// <summary>Makes an event for marks in a stream, and in others on the same part of the device. Any stream may wait for it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="keepsTime">Whether <see cref="GetTimeSince"/> is wanted.</param>
    public static CudaEvent Create(CudaStream stream, bool keepsTime) =>
        stream.Partition is { } partition ? new CudaEvent(stream.Context, partition.CreateEvent(GetFlags(keepsTime))) : Create(stream.Context, keepsTime);

    /// <summary>Marks what a stream has by now.</summary>
    public void Record(CudaStream stream) => Api.ThrowIfFailed(Api.EventRecord(Value, stream.Value), "cuEventRecord");

    /// <summary>Waits until what was marked has run. For rare moments.</summary>
    public void Synchronize() => Api.ThrowIfFailed(Api.EventSynchronize(Value), "cuEventSynchronize");

    /// <summary>How long the device took from an earlier mark to this one, to about half a microsecond. Both keep time, and have run.</summary>
    public TimeSpan GetTimeSince(CudaEvent start)
    {
        float milliseconds;
        Api.ThrowIfFailed(Api.EventElapsedTime(&milliseconds, start.Value, Value), "cuEventElapsedTime");
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    private protected override CudaStatus Release() => Api.EventDestroy(handle);

    private static uint GetFlags(bool keepsTime) => keepsTime ? 0 : CudaConstants.EventDisableTiming;
}
