namespace Camshaft.Backends.Cuda.Devices;

/// <summary>
/// The lanes of a device, and a watch over those with a batch under way: a device that fails calls nobody, so it is asked now and then
/// while it has work, by the streams of that work, since an idle stream need not know. Any thread; ends with the device.
/// </summary>
internal sealed class CudaWatch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<CudaLane> _lanes = [];
    private readonly Action<CudaException> _onFailure;
    private readonly TimeSpan _period;
    private readonly ITimer _timer;
    private int _isWatching;

    /// <param name="onFailure">Told what a device that has failed says, whatever that is; ends the batches by <see cref="EndAll"/>.</param>
    /// <param name="period">How often it is asked.</param>
    /// <param name="timeProvider">The clock.</param>
    public CudaWatch(Action<CudaException> onFailure, TimeSpan period, TimeProvider timeProvider)
    {
        _onFailure = onFailure;
        _period = period;
        _timer = timeProvider.CreateTimer(static watch => ((CudaWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(CudaLane lane)
    {
        lock (_gate)
        {
            _lanes.Add(lane);
        }
    }

    public void Remove(CudaLane lane)
    {
        lock (_gate)
        {
            _lanes.Remove(lane);
        }
    }

    /// <summary>A batch has been enqueued.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref _isWatching, 1) == 0)
        {
            _timer.Change(_period, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends every batch under way: nothing runs any more.</summary>
    public void EndAll(string fault)
    {
        foreach (var lane in FindBusy())
        {
            lane.Finish(fault);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (FindFailure() is { } failure)
        {
            _onFailure(failure);
            return;
        }

        var isBusy = FindBusy().Count > 0;
        Volatile.Write(ref _isWatching, isBusy ? 1 : 0);
        if (isBusy || (FindBusy().Count > 0 && Interlocked.Exchange(ref _isWatching, 1) == 0))
        {
            _timer.Change(_period, Timeout.InfiniteTimeSpan);
        }
    }

    // Under the lock: a lane leaves the list before its streams end.
    private CudaException? FindFailure()
    {
        lock (_gate)
        {
            try
            {
                foreach (var lane in _lanes)
                {
                    lane.ThrowIfLost();
                }

                return null;
            }
            catch (CudaException exception)
            {
                return exception;
            }
        }
    }

    private List<CudaLane> FindBusy()
    {
        lock (_gate)
        {
            return _lanes.FindAll(static lane => lane.IsBusy);
        }
    }
}
