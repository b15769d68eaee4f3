using Camshaft.Backends;
using Camshaft.Engine.Models;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>
/// Keeps the models in memory within their budget: sets bytes aside before a load, waits for them where others must leave
/// first, and says who leaves. Loads are admitted in the order in which they ask. Any thread; one lock guards all of it, and no backend is
/// asked under it. From the engine's start to its stop.
/// </summary>
internal sealed partial class ModelResidency : IDisposable
{
    // How long a load waits for room. Requests give up earlier if their deadlines say so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PeriodWhileWaiting = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly Residents _residents;
    private readonly VersionHistories _histories = new();
    private readonly LinkedList<RoomRequest> _waiting = [];
    private readonly TimeProvider _timeProvider;
    private readonly long _started;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private bool _stopped;

    public ModelResidency(long limit, TimeSpan minimumResidency, TimeProvider timeProvider, ILogger logger)
    {
        _residents = new Residents(new MemoryLedger(limit), minimumResidency);
        _timeProvider = timeProvider;
        _started = timeProvider.GetTimestamp();
        _logger = logger;
        _timer = timeProvider.CreateTimer(static residency => ((ModelResidency)residency!).Review(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised for a version that takes no more requests and is to be unloaded. Called under a lock: only start things here.</summary>
    public event Action<ModelVersion>? Evicted;

    /// <summary>The budget, in bytes.</summary>
    public long Limit
    {
        get
        {
            lock (_gate)
            {
                return _residents.Ledger.Limit;
            }
        }

        set
        {
            lock (_gate)
            {
                _residents.Ledger.Limit = value;
                Serve();
            }
        }
    }

    /// <summary>What is taken of the budget, and the most that ever was.</summary>
    public (long Used, long Peak) Use
    {
        get
        {
            lock (_gate)
            {
                return (_residents.Ledger.Used, _residents.Ledger.Peak);
            }
        }
    }

    private TimeSpan Now => _timeProvider.GetElapsedTime(_started);

    /// <summary>Begins to look after what is in memory.</summary>
    public void Start() => _timer.Change(Period, Timeout.InfiniteTimeSpan);

    /// <summary>Sets bytes aside for a version that is about to be loaded.</summary>
    /// <param name="version">The version.</param>
    /// <param name="fileByteSize">What its files take, for a version that was not in memory before.</param>
    /// <param name="mayEvict">Whether others may leave for it, which is waited for; else only what is free is taken.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>
    /// Success: the bytes are the version's until <see cref="Release"/>. <see cref="StatusCode.ResourceExhausted"/> when there can be no room for it,
    /// <see cref="StatusCode.Unavailable"/> when there is none now; the message is without a subject.
    /// </returns>
    public async Task<InferenceStatus> AdmitAsync(ModelVersion version, long fileByteSize, bool mayEvict, CancellationToken cancellationToken)
    {
        RoomRequest request;
        lock (_gate)
        {
            var history = _histories.Get(version);
            request = new RoomRequest(version, history, history.ByteSize ?? fileByteSize);
            if (FindRefusal(request) is { IsOk: false } refusal)
            {
                return refusal;
            }

            if (_waiting.Count == 0 && _residents.TryAdd(request, Now))
            {
                return InferenceStatus.Ok;
            }

            if (!mayEvict)
            {
                return new InferenceStatus(StatusCode.Unavailable, $"on standby: there is no room for its {request.ByteSize} bytes in the memory budget for models, {_residents.Ledger.Limit} bytes; the next request loads it");
            }

            _waiting.AddLast(request);
            Serve();
            _timer.Change(PeriodWhileWaiting, Timeout.InfiniteTimeSpan);
        }

        try
        {
            return await request.Task.WaitAsync(Patience, _timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return GiveUp(request);
        }
    }

    /// <summary>Takes note that an admitted version is loaded and what it takes, which was measured.</summary>
    /// <returns>Success; <see cref="StatusCode.ResourceExhausted"/> when that is more than the whole budget.</returns>
    public InferenceStatus Settle(ModelVersion version)
    {
        lock (_gate)
        {
            if (_residents.Find(version) is not { } resident)
            {
                return InferenceStatus.Ok;
            }

            resident.History.ReloadTime = Now - resident.Since;
            _residents.Measure(resident, version.Footprint.HostByteSize);
            var refusal = FindRefusal(new RoomRequest(version, resident.History, resident.ByteSize));
            Serve();
            return refusal;
        }
    }

    /// <summary>Takes note that a version serves; from now on it may leave for others.</summary>
    /// <param name="version">The version.</param>
    /// <param name="awaitedBy">How many requests wait for it.</param>
    public void BeginServing(ModelVersion version, int awaitedBy)
    {
        lock (_gate)
        {
            _residents.Find(version)?.BeginServing(Now, awaitedBy);
            Serve();
        }
    }

    /// <summary>Takes the bytes of a version back: it could not be loaded, or its memory is free again.</summary>
    public void Release(ModelVersion version)
    {
        lock (_gate)
        {
            if (_residents.Find(version) is not { } resident)
            {
                return;
            }

            _residents.Remove(resident, Now);
            Serve();
        }
    }

    /// <summary>Admits nobody any more, and refuses those who wait.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Serve();
        }
    }

    public void Dispose() => _timer.Dispose();

    private InferenceStatus FindRefusal(RoomRequest request) => _stopped
        ? new InferenceStatus(StatusCode.Unavailable, "the server is stopping")
        : _residents.FindObstacle(request) is { } obstacle ? new InferenceStatus(StatusCode.ResourceExhausted, obstacle) : InferenceStatus.Ok;

    /// <summary>Admits whoever has room now, and makes room for the first who has none.</summary>
    private void Serve()
    {
        while (_waiting.First is { Value: var first })
        {
            var refusal = FindRefusal(first);
            if (refusal.IsOk && !_residents.TryAdd(first, Now))
            {
                MakeRoom(_residents.Ledger.FindShortage(first.ByteSize));
                return;
            }

            _waiting.RemoveFirst();
            first.SetResult(refusal);
        }

        MakeRoom(_stopped ? 0 : _residents.Ledger.Excess);
    }

    private void MakeRoom(long byteSize)
    {
        var now = Now;
        foreach (var resident in _residents.ChooseToLeave(byteSize, now))
        {
            if (resident.Version.TryBeginEviction("on standby: it made room for other models; the next request loads it"))
            {
                resident.LeavingSince = now;
                Log.Evicted(_logger, resident.Version.ModelName, resident.Version.Number, resident.ByteSize, resident.Describe(now).Rate, resident.History.ReloadTime.TotalMilliseconds);
                Evicted?.Invoke(resident.Version);
            }
        }
    }

    /// <summary>Looks again at what models take, which grows with the largest batch, and at who may leave by now.</summary>
    private void Review()
    {
        List<Resident> serving;
        lock (_gate)
        {
            _residents.UpdateFrequencies(Now);
            Serve();
            if (_waiting.Count > 0)
            {
                // Nothing that may take its time while somebody waits.
                _timer.Change(PeriodWhileWaiting, Timeout.InfiniteTimeSpan);
                return;
            }

            serving = _residents.ListServing();
        }

        // Not under the lock: a backend is asked here.
        var measured = serving.ConvertAll(static resident => (Resident: resident, resident.Version.MeasureFootprint().HostByteSize));
        lock (_gate)
        {
            foreach (var (resident, byteSize) in measured)
            {
                _residents.Measure(resident, byteSize);
            }

            Serve();
            _timer.Change(_waiting.Count > 0 ? PeriodWhileWaiting : Period, Timeout.InfiniteTimeSpan);
        }
    }

    private InferenceStatus GiveUp(RoomRequest request)
    {
        lock (_gate)
        {
            if (request.Task.IsCompleted)
            {
                // Admitted, or refused, at the last moment.
                return request.Task.Result;
            }

            _waiting.Remove(request);
            Serve();
            return new InferenceStatus(StatusCode.Unavailable, $"there is no room for its {request.ByteSize} bytes: {_residents.Describe(Now)}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(310, LogLevel.Information, "Model '{Model}' version {Version} leaves its {ByteSize} bytes of memory to others; it had {Rate:0.###} requests a second, and loading it takes {Milliseconds:F0} ms.")]
        public static partial void Evicted(ILogger logger, string model, long version, long byteSize, double rate, double milliseconds);
    }
}
