namespace Camshaft.Backends.Cuda.Devices;

/// <summary>
/// The lanes of a device, and a watch over those with a batch under way: a device that fails calls nobody, so it is asked now and then
/// while it has work. Any thread; ends with the device.
/// </summary>
internal sealed class CudaWatch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<CudaLane> _lanes = [];
    private readonly Func<bool> _isAlive;
    private readonly TimeSpan _period;
    private readonly ITimer _timer;
    private int _isWatching;

    /// <param name="isAlive">Asks the device; when it has failed, it ends the batches by <see cref="EndAll"/>.</param>
    /// <param name="period">How often it is asked.</param>
    /// <param name="timeProvider">The clock.</param>
    public CudaWatch(Func<bool> isAlive, TimeSpan period, TimeProvider timeProvider)
    {
        _isAlive = isAlive;
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
        if (FindBusy().Count > 0 && !_isAlive())
        {
            return;
        }

        var isBusy = FindBusy().Count > 0;
        Volatile.Write(ref _isWatching, isBusy ? 1 : 0);
        if (isBusy || (FindBusy().Count > 0 && Interlocked.Exchange(ref _isWatching, 1) == 0))
        {
            _timer.Change(_period, Timeout.InfiniteTimeSpan);
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
