namespace Camshaft.Backends.Cuda.Devices;

/// <summary>
/// A GPU: its context, its memory, the lanes that models have on it, and a watch over them, since a device that fails answers no
/// batch any more. Any thread; lives as long as the engine.
/// </summary>
public sealed class CudaDevice : IAccelerator
{
    private readonly CudaDriver _driver;
    private readonly CudaDeviceInfo _info;
    private readonly CudaOptions _options;
    private readonly (int Lowest, int Highest) _priorities;
    private readonly ITimer _watch;
    private readonly Lock _gate = new();
    private readonly List<CudaLane> _lanes = [];
    private volatile string? _failure;
    private int _isWatching;

    /// <summary>Takes hold of a device.</summary>
    /// <exception cref="CudaException">It cannot be used.</exception>
    public CudaDevice(CudaDriver driver, CudaDeviceInfo info, CudaOptions options, TimeProvider timeProvider)
    {
        _driver = driver;
        _info = info;
        _options = options;
        Context = driver.RetainContext(info.Ordinal);
        try
        {
            _priorities = Context.GetStreamPriorities();
            Account = new MemoryAccount((long)(Context.FreeByteSize * options.MemoryFraction));
            Pool = CudaMemoryPool.Create(Context, info.Ordinal, Account.Limit);
            LoadStream = CudaStream.Create(Context, _priorities.Lowest);
        }
        catch
        {
            Pool?.Dispose();
            Context.Dispose();
            throw;
        }

        StreamSets = new CudaStreamSets(priority => CudaStream.Create(Context, priority));
        MemorySource = new PinnedMemorySource(Context);
        _watch = timeProvider.CreateTimer(static device => ((CudaDevice)device!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public event Action? Failed;

    /// <inheritdoc/>
    public DeviceKind Kind => DeviceKind.Cuda;

    /// <inheritdoc/>
    public int Ordinal => _info.Ordinal;

    /// <inheritdoc/>
    public string Name => _info.Name;

    /// <summary>Where it sits, for example <c>0000:3B:00.0</c>.</summary>
    public string PciBusId => _info.PciBusId;

    /// <inheritdoc/>
    public IMemorySource MemorySource { get; }

    /// <inheritdoc/>
    public long MemoryByteSize => _info.MemoryByteSize;

    /// <inheritdoc/>
    public long BudgetByteSize => Account.Limit;

    /// <inheritdoc/>
    public long UsedByteSize => Account.Used;

    /// <inheritdoc/>
    public string? Fault => _failure;

    /// <inheritdoc/>
    public RecordingGate Recordings { get; } = new();

    nint IAccelerator.Context => Context.Value;

    internal CudaContext Context { get; }

    internal MemoryAccount Account { get; }

    internal CudaMemoryPool Pool { get; }

    /// <summary>On which memory that models keep is taken and given back. Under a lock of whoever uses it is no need: the driver has one.</summary>
    internal CudaStream LoadStream { get; }

    internal CudaStreamSets StreamSets { get; }

    /// <inheritdoc/>
    public nint FindFunction(string name, int version) => _driver.Api.Resolve(name, version);

    /// <summary>A place among the scheduler's; a model has lanes of its own in its share.</summary>
    public ILane CreateLane(int index) => new Place(this, index);

    /// <inheritdoc/>
    public IAcceleratorShare Open(AcceleratorTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ThrowIfFailed();
        try
        {
            var part = terms.ProcessorShare > 0 ? CudaGreenContext.Create(Context, (int)Math.Ceiling(terms.ProcessorShare * _info.MultiprocessorCount)) : null;
            return new CudaShare(this, terms, part);
        }
        catch (CudaUnavailableException exception)
        {
            throw new BackendException(StatusCode.Unsupported, $"{terms.Owner}: {exception.Message}", exception);
        }
        catch (CudaException exception)
        {
            throw Translate(exception);
        }
    }

    /// <summary>Ends it, after the last share and the last of its pinned memory.</summary>
    public void Dispose()
    {
        _watch.Dispose();
        LoadStream.Dispose();
        Pool.Dispose();
        Context.Dispose();
    }

    /// <summary>The stream priority for a model's. The driver knows a few; models have more.</summary>
    internal int GetStreamPriority(int modelPriority) => modelPriority switch
    {
        < 100 => _priorities.Highest,
        100 => (_priorities.Lowest + _priorities.Highest) / 2,
        _ => _priorities.Lowest,
    };

    internal void Add(CudaLane lane)
    {
        lock (_gate)
        {
            _lanes.Add(lane);
        }
    }

    internal void Remove(CudaLane lane)
    {
        lock (_gate)
        {
            _lanes.Remove(lane);
        }
    }

    /// <summary>Watches over a batch that has been enqueued.</summary>
    internal void Watch(CudaLane lane)
    {
        // It may have failed after the last call that could have said so.
        if (_failure is { } reason)
        {
            lane.Finish(reason);
        }
        else if (Interlocked.Exchange(ref _isWatching, 1) == 0)
        {
            _watch.Change(_options.WatchPeriod, Timeout.InfiniteTimeSpan);
        }
    }

    /// <exception cref="BackendException">The device has failed.</exception>
    internal void ThrowIfFailed()
    {
        if (_failure is { } reason)
        {
            throw new BackendException(StatusCode.Unavailable, reason);
        }
    }

    /// <summary>Puts a failure of the driver into the engine's terms; one that loses the context is the device's end.</summary>
    internal BackendException Translate(CudaException exception)
    {
        if (!exception.IsSticky)
        {
            return new BackendException(exception.Code, $"GPU {Ordinal}: {exception.Message}", exception);
        }

        Fail(exception.Message);
        return new BackendException(StatusCode.Unavailable, _failure!, exception);
    }

    /// <summary>Gives memory back; of a device that has failed nothing can be.</summary>
    internal void TryFree(nint address, CudaStream stream)
    {
        try
        {
            Context.MakeCurrent();
            Pool.Free(address, stream);
        }
        catch (CudaException exception)
        {
            _ = Translate(exception);
        }
    }

    /// <summary>Waits for a stream, as far as the device still runs anything.</summary>
    internal void TrySynchronize(CudaStream stream)
    {
        try
        {
            Context.MakeCurrent();
            stream.Synchronize();
        }
        catch (CudaException exception)
        {
            _ = Translate(exception);
        }
    }

    private void Look()
    {
        var busy = FindBusy();
        if (busy.Count > 0)
        {
            try
            {
                Context.MakeCurrent();

                // Whatever is asked, a device that has failed answers with its failure.
                _ = LoadStream.IsIdle;
                busy = FindBusy();
            }
            catch (CudaException exception)
            {
                _ = Translate(exception);
                return;
            }
        }

        Volatile.Write(ref _isWatching, busy.Count > 0 ? 1 : 0);
        if (busy.Count > 0 || (FindBusy().Count > 0 && Interlocked.Exchange(ref _isWatching, 1) == 0))
        {
            _watch.Change(_options.WatchPeriod, Timeout.InfiniteTimeSpan);
        }
    }

    private void Fail(string message)
    {
        if (Interlocked.CompareExchange(ref _failure, $"GPU {Ordinal} has failed, and works again only after a restart of the server: {message}", null) is not null)
        {
            return;
        }

        foreach (var lane in FindBusy())
        {
            lane.Finish(_failure);
        }

        Failed?.Invoke();
    }

    private List<CudaLane> FindBusy()
    {
        lock (_gate)
        {
            return _lanes.FindAll(static lane => lane.IsBusy);
        }
    }

    private sealed record Place(IDevice Device, int Index) : ILane
    {
        public LaneStreams Streams => default;

        public void Dispose()
        {
        }
    }
}
