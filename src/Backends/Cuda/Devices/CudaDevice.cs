using Camshaft.Backends.Cuda.Monitoring;

namespace Camshaft.Backends.Cuda.Devices;

/// <summary>
/// A GPU: its context, its memory, the lanes that models have on it, and a watch over them, since a device that fails answers no
/// batch any more. Any thread; lives as long as the engine.
/// </summary>
public sealed class CudaDevice : IAccelerator
{
    private readonly CudaDriver _driver;
    private readonly CudaDeviceInfo _info;
    private readonly GpuMonitor? _monitor;
    private readonly double? _energyBefore;
    private readonly (int Lowest, int Highest) _priorities;
    private readonly CudaPeers _peers;
    private readonly CudaWatch _watch;
    private volatile string? _failure;

    /// <summary>Takes hold of a device.</summary>
    /// <param name="driver">Its driver.</param>
    /// <param name="info">Which it is.</param>
    /// <param name="options">How it is used.</param>
    /// <param name="timeProvider">The clock by which it is watched.</param>
    /// <param name="monitor">Reads its sensors; null = nobody does.</param>
    /// <exception cref="CudaException">It cannot be used.</exception>
    public CudaDevice(CudaDriver driver, CudaDeviceInfo info, CudaOptions options, TimeProvider timeProvider, GpuMonitor? monitor = null)
    {
        _driver = driver;
        _info = info;
        _monitor = monitor;
        _energyBefore = monitor?.Read(info.PciBusId).EnergyJoules;
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

        Parts = new CudaParts(Context, info.Ordinal);
        ReserveRefusal = options.ReservedShare > 0 ? Parts.Reserve(options.ReservedShare) : null;
        StreamSets = new CudaStreamSets(CreateStream);
        MemorySource = new PinnedMemorySource(Context);
        _peers = new CudaPeers(this);
        _watch = new CudaWatch(exception => Fail(exception.Message), options.WatchPeriod, timeProvider);
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
    public long AvailableByteSize
    {
        get
        {
            try
            {
                // What the pool keeps is not free to the driver, and is to models. What libraries have taken by themselves is neither.
                return Math.Max(0, Math.Min(Context.FreeByteSize + Pool.UnusedByteSize, Account.Limit - Account.Used));
            }
            catch (CudaException exception)
            {
                _ = Translate(exception);
                return 0;
            }
        }
    }

    /// <inheritdoc/>
    public string? Fault => _failure;

    /// <inheritdoc/>
    public bool OpensPeerMemory => true;

    /// <inheritdoc/>
    public RecordingGate Recordings { get; } = new();

    /// <summary>How many multiprocessors only models with a share run on.</summary>
    public int ReservedMultiprocessorCount => Parts.ReservedCount;

    /// <summary>Why <see cref="CudaOptions.ReservedShare"/> has no effect; null = it has, or was not asked for.</summary>
    public string? ReserveRefusal { get; }

    nint IAccelerator.Context => Context.Value;

    internal CudaContext Context { get; }

    internal MemoryAccount Account { get; }

    internal CudaMemoryPool Pool { get; }

    /// <summary>On which memory that models keep is taken and given back, and other processes' copied from and to the host. Under a lock of whoever uses it is no need: the driver has one.</summary>
    internal CudaStream LoadStream { get; }

    internal CudaStreamSets StreamSets { get; }

    internal CudaParts Parts { get; }

    internal int MultiprocessorCount => _info.MultiprocessorCount;

    /// <inheritdoc/>
    public AcceleratorReading ReadSensors()
    {
        var reading = _monitor?.Read(PciBusId) ?? default;
        return reading with { EnergyJoules = reading.EnergyJoules - _energyBefore };
    }

    /// <inheritdoc/>
    public nint FindFunction(string name, int version) => _driver.Api.Resolve(name, version);

    /// <summary>A place among the scheduler's; a model has lanes of its own in its share.</summary>
    public ILane CreateLane(int index) => new Place(this, index);

    /// <inheritdoc/>
    public IPeerMemory OpenPeerMemory(ReadOnlySpan<byte> handle) => _peers.Open(handle);

    /// <inheritdoc/>
    public IAcceleratorShare Open(AcceleratorTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ThrowIfFailed();
        try
        {
            return new CudaShare(this, terms, terms.ProcessorShare > 0 ? Parts.Rent(terms) : null);
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
        Parts.Dispose();
        Pool.Dispose();
        Context.Dispose();
    }

    /// <summary>Makes a stream for models without a share of their own.</summary>
    internal CudaStream CreateStream(int priority) => Parts.Rest is { } rest ? CudaStream.Create(rest, priority) : CudaStream.Create(Context, priority);

    /// <summary>The stream priority for a model's. The driver knows a few; models have more.</summary>
    internal int GetStreamPriority(int modelPriority) => modelPriority switch
    {
        < 100 => _priorities.Highest,
        100 => (_priorities.Lowest + _priorities.Highest) / 2,
        _ => _priorities.Lowest,
    };

    internal void Add(CudaLane lane) => _watch.Add(lane);

    internal void Remove(CudaLane lane) => _watch.Remove(lane);

    /// <summary>Watches over a batch that has been enqueued.</summary>
    internal void Watch(CudaLane lane)
    {
        // It may have failed after the last call that could have said so.
        if (_failure is { } reason)
        {
            lane.Finish(reason);
        }
        else
        {
            _watch.Begin();
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

    /// <summary>Gives what the pool keeps and nothing uses back to the system, so that other processes find it. For rare moments.</summary>
    internal void TryTrim()
    {
        try
        {
            Context.MakeCurrent();
            Pool.Trim();
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

    private void Fail(string message)
    {
        if (Interlocked.CompareExchange(ref _failure, $"GPU {Ordinal} has failed, and works again only after a restart of the server: {message}", null) is not null)
        {
            return;
        }

        _watch.EndAll(_failure);
        Failed?.Invoke();
    }

    private sealed record Place(IDevice Device, int Index) : ILane
    {
        public LaneStreams Streams => default;

        public void Dispose()
        {
        }
    }
}
