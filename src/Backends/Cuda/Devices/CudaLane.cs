using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Devices;

/// <summary>
/// A lane of a model on a GPU. The lane's holder enqueues; when all has run, the driver calls back. Two waits on the device hold a batch
/// together: the compute stream waits for what was copied in, the stream that copies out for what was computed.
/// </summary>
internal sealed unsafe class CudaLane : IAcceleratorLane
{
    private readonly CudaShare _share;
    private readonly CudaDevice _device;
    private readonly CudaStreamSets _streamSets;
    private readonly CudaStreams _streams;
    private readonly CudaArena _arena;
    private readonly CudaEvent _copiedIn;
    private readonly CudaEvent _started;
    private readonly CudaEvent _computed;
    private readonly GCHandle _self;
    private ILaneObserver? _observer;
    private Step _step;

    /// <exception cref="CudaException">The device does not answer.</exception>
    public CudaLane(CudaShare share, int index)
    {
        _share = share;
        _device = share.Device;
        Index = index;
        _streamSets = share.StreamSets;
        _streams = _streamSets.Rent(index, share.StreamPriority);
        try
        {
            _copiedIn = CudaEvent.Create(_streams.CopyIn, keepsTime: false);
            _started = CudaEvent.Create(_streams.Compute, keepsTime: true);
            _computed = CudaEvent.Create(_streams.Compute, keepsTime: true);
        }
        catch
        {
            _copiedIn?.Dispose();
            _started?.Dispose();
            _streamSets.Return(index, share.StreamPriority);
            throw;
        }

        _arena = new CudaArena(share, _streams.CopyIn);
        _self = GCHandle.Alloc(this);
        _device.Add(this);
    }

    // What comes next of a batch.
    private enum Step
    {
        Idle,
        CopyIn,
        Compute,
        CopyOut,
    }

    public int Index { get; }

    public IDevice Device => _share;

    public LaneStreams Streams => new(_streams.CopyIn.Value, _streams.Compute.Value, _streams.CopyOut.Value);

    public TimeSpan ComputeTime
    {
        get
        {
            if (_device.Fault is not null)
            {
                // What the events would tell is of some batch before.
                return TimeSpan.Zero;
            }

            try
            {
                _device.Context.MakeCurrent();
                return _computed.GetTimeSince(_started);
            }
            catch (CudaException)
            {
                // It fails now.
                return TimeSpan.Zero;
            }
        }
    }

    /// <summary>Whether a batch has been enqueued whose end has not come.</summary>
    public bool IsBusy => Volatile.Read(ref _observer) is not null;

    public void Begin()
    {
        _device.ThrowIfFailed();
        try
        {
            _device.Context.MakeCurrent();
            _arena.Begin();
            _step = Step.CopyIn;
        }
        catch (CudaException exception)
        {
            throw _device.Translate(exception);
        }
    }

    public nint Allocate(long byteSize)
    {
        try
        {
            return _arena.Allocate(byteSize, _step == Step.Compute ? _streams.Compute : _streams.CopyIn);
        }
        catch (CudaException exception)
        {
            throw _device.Translate(exception);
        }
    }

    public void CopyIn(nint destination, nint source, long byteSize) =>
        Copy(static (stream, destination, source, byteSize) => stream.CopyIn(destination, source, byteSize), _streams.CopyIn, destination, source, byteSize);

    public void CopyInOnDevice(nint destination, nint source, long byteSize) =>
        Copy(static (stream, destination, source, byteSize) => stream.Copy(destination, source, byteSize), _streams.CopyIn, destination, source, byteSize);

    public void BeginCompute()
    {
        try
        {
            _copiedIn.Record(_streams.CopyIn);
            _streams.Compute.WaitFor(_copiedIn);
            _started.Record(_streams.Compute);
            _step = Step.Compute;
        }
        catch (CudaException exception)
        {
            throw _device.Translate(exception);
        }
    }

    public void EndCompute()
    {
        try
        {
            _computed.Record(_streams.Compute);
            _streams.CopyOut.WaitFor(_computed);
            _step = Step.CopyOut;
        }
        catch (CudaException exception)
        {
            throw _device.Translate(exception);
        }
    }

    public void CopyOut(nint destination, nint source, long byteSize) =>
        Copy(static (stream, destination, source, byteSize) => stream.CopyOut(destination, source, byteSize), _streams.CopyOut, destination, source, byteSize);

    public void CopyOutOnDevice(nint destination, nint source, long byteSize) =>
        Copy(static (stream, destination, source, byteSize) => stream.Copy(destination, source, byteSize), _streams.CopyOut, destination, source, byteSize);

    public void End(ILaneObserver observer)
    {
        try
        {
            // A batch that has failed on the way: what of it is enqueued comes to its end all the same.
            if (_step == Step.CopyIn)
            {
                BeginCompute();
            }

            if (_step == Step.Compute)
            {
                EndCompute();
            }

            // The end may come at once, and the next batch with it.
            _step = Step.Idle;
            Volatile.Write(ref _observer, observer);
            _streams.CopyOut.Call(&OnReached, GCHandle.ToIntPtr(_self));
        }
        catch (CudaException exception)
        {
            Abort();
            throw _device.Translate(exception);
        }
        catch (BackendException)
        {
            Abort();
            throw;
        }

        _device.Watch(this);
    }

    /// <summary>Asks after the batch under way, if there is one.</summary>
    /// <exception cref="CudaException">It will not come to its end: the device has failed.</exception>
    public void ThrowIfLost()
    {
        if (IsBusy)
        {
            _device.Context.MakeCurrent();
            _ = _streams.CopyOut.IsIdle;
        }
    }

    /// <summary>Tells whoever waits that the batch is over; once, whoever comes first.</summary>
    public void Finish(string? fault) => Interlocked.Exchange(ref _observer, null)?.OnRunEnded(fault);

    public void Dispose()
    {
        _device.Remove(this);
        _arena.Dispose();
        _device.TrySynchronize(_streams.CopyIn);

        // What told of the last batch's end may not have returned yet.
        _device.TrySynchronize(_streams.CopyOut);
        _streamSets.Return(Index, _share.StreamPriority);
        _copiedIn.Dispose();
        _started.Dispose();
        _computed.Dispose();

        // Of a device that has failed nobody can say whether it still calls: it finds the lane, which tells nobody.
        if (_device.Fault is null)
        {
            _self.Free();
        }
    }

    // The handle lives until the lane is disposed, which is after its last batch.
    [UnmanagedCallersOnly]
    private static void OnReached(nint self) => ((CudaLane)GCHandle.FromIntPtr(self).Target!).Finish(fault: null);

    private void Copy(Action<CudaStream, nint, nint, long> copy, CudaStream stream, nint destination, nint source, long byteSize)
    {
        try
        {
            copy(stream, destination, source, byteSize);
        }
        catch (CudaException exception)
        {
            throw _device.Translate(exception);
        }
    }

    // What is enqueued uses the batch's memory, and nobody will say when that ends.
    private void Abort()
    {
        Volatile.Write(ref _observer, null);
        _step = Step.Idle;
        _device.TrySynchronize(_streams.CopyIn);
        _device.TrySynchronize(_streams.Compute);
        _device.TrySynchronize(_streams.CopyOut);
    }
}
