using Camshaft.Backends;
using Camshaft.Engine.Models;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>
/// Keeps the models in memory within their budget: sets bytes aside before a load, waits for them where others must leave
/// first, and says who leaves. Loads are admitted in the order in which they ask. Any thread; from the engine's start to its stop.
/// </summary>
internal sealed partial class ModelResidency : IDisposable
{
    // Long enough to tell what a model is worth from a few requests, short enough to forget what was in use this morning.
    private static readonly TimeSpan FrequencyTimeConstant = TimeSpan.FromMinutes(10);

    // How long a load waits for room. Requests give up earlier if their deadlines say so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // What does not end may hold its memory for ever; after this others leave in its place.
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PeriodWhileWaiting = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly MemoryLedger _ledger;
    private readonly TimeSpan _minimumResidency;
    private readonly TimeProvider _timeProvider;
    private readonly long _started;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly List<Resident> _residents = [];
    private readonly LinkedList<RoomRequest> _waiting = [];
    private readonly Dictionary<(string Model, long Version), VersionHistory> _histories = [];
    private bool _stopped;

    public ModelResidency(long limit, TimeSpan minimumResidency, TimeProvider timeProvider, ILogger logger)
    {
        _ledger = new MemoryLedger(limit);
        _minimumResidency = minimumResidency;
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
                return _ledger.Limit;
            }
        }

        set
        {
            lock (_gate)
            {
                _ledger.Limit = value;
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
                return (_ledger.Used, _ledger.Peak);
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
            var history = GetHistory(version);
            request = new RoomRequest(version, history, history.ByteSize ?? fileByteSize);
            if (FindRefusal(request) is { IsOk: false } refusal)
            {
                return refusal;
            }

            if (_waiting.Count == 0 && TryAdmit(request))
            {
                return InferenceStatus.Ok;
            }

            if (!mayEvict)
            {
                return new InferenceStatus(StatusCode.Unavailable, $"on standby: there is no room for its {request.ByteSize} bytes in the memory budget for models, {_ledger.Limit} bytes; the next request loads it");
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
            if (Find(version) is not { } resident)
            {
                return InferenceStatus.Ok;
            }

            resident.History.ReloadTime = Now - resident.Since;
            Measure(resident, version.Footprint.HostByteSize);
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
            Find(version)?.BeginServing(Now, awaitedBy);
            Serve();
        }
    }

    /// <summary>Takes the bytes of a version back: it could not be loaded, or its memory is free again.</summary>
    public void Release(ModelVersion version)
    {
        lock (_gate)
        {
            if (Find(version) is not { } resident)
            {
                return;
            }

            resident.History.Frequency.Update(Now, resident.RequestCount);
            _residents.Remove(resident);
            _ledger.Change(resident.ByteSize, 0);
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

    private Resident? Find(ModelVersion version) => _residents.Find(resident => resident.Version == version);

    private VersionHistory GetHistory(ModelVersion version)
    {
        if (!_histories.TryGetValue((version.ModelName, version.Number), out var history))
        {
            _histories.Add((version.ModelName, version.Number), history = new VersionHistory(FrequencyTimeConstant));
        }

        if (history.Fingerprint != version.Fingerprint)
        {
            (history.Fingerprint, history.ByteSize) = (version.Fingerprint, null);
        }

        return history;
    }

    private InferenceStatus FindRefusal(RoomRequest request)
    {
        if (_stopped)
        {
            return new InferenceStatus(StatusCode.Unavailable, "the server is stopping");
        }

        var basis = request.History.ByteSize is null ? "by the size of its files" : "measured in memory";
        if (request.ByteSize > _ledger.Limit)
        {
            return new InferenceStatus(StatusCode.ResourceExhausted, $"it takes {request.ByteSize} bytes ({basis}), more than the memory budget for models, {_ledger.Limit} bytes");
        }

        var pinned = _residents.Where(resident => resident.Version.Configuration.Memory.IsPinned && resident.Version != request.Version).Sum(static resident => resident.ByteSize);
        return request.ByteSize > _ledger.Limit - pinned
            ? new InferenceStatus(StatusCode.ResourceExhausted, $"it takes {request.ByteSize} bytes ({basis}), and pinned models leave {_ledger.Limit - pinned} bytes of the memory budget for models, {_ledger.Limit} bytes")
            : InferenceStatus.Ok;
    }

    private bool TryAdmit(RoomRequest request)
    {
        if (!_ledger.TryTake(request.ByteSize))
        {
            return false;
        }

        _residents.Add(new Resident(request.Version, request.History, request.ByteSize, Now));
        return true;
    }

    private void Measure(Resident resident, long measured)
    {
        // What a model took once, for large batches or many at once, it takes again when they come.
        var byteSize = Math.Max(measured, resident.History.ByteSize ?? 0);
        _ledger.Change(resident.ByteSize, byteSize);
        resident.ByteSize = byteSize;
        resident.History.ByteSize = byteSize;
    }

    /// <summary>Admits whoever has room now, and makes room for the first who has none.</summary>
    private void Serve()
    {
        while (_waiting.First is { Value: var first })
        {
            var refusal = FindRefusal(first);
            if (refusal.IsOk && !TryAdmit(first))
            {
                MakeRoom(_ledger.FindShortage(first.ByteSize));
                return;
            }

            _waiting.RemoveFirst();
            first.SetResult(refusal);
        }

        MakeRoom(_ledger.Excess);
    }

    private void MakeRoom(long byteSize)
    {
        var now = Now;
        byteSize -= _residents.Where(resident => now - resident.LeavingSince < LongestLeave).Sum(static resident => resident.ByteSize);
        if (byteSize <= 0 || _stopped)
        {
            return;
        }

        UpdateFrequencies(now);
        var candidates = _residents.FindAll(resident => resident.MayLeave(now, _minimumResidency));
        foreach (var index in EvictionChoice.Choose(candidates.ConvertAll(resident => resident.Describe(now)), byteSize))
        {
            var resident = candidates[index];
            if (resident.Version.TryBeginEviction("on standby: it made room for other models; the next request loads it"))
            {
                resident.LeavingSince = now;
                Log.Evicted(_logger, resident.Version.ModelName, resident.Version.Number, resident.ByteSize, resident.Describe(now).Rate, resident.History.ReloadTime.TotalMilliseconds);
                Evicted?.Invoke(resident.Version);
            }
        }
    }

    private void UpdateFrequencies(TimeSpan now)
    {
        foreach (var resident in _residents)
        {
            resident.History.Frequency.Update(now, resident.RequestCount);
        }
    }

    /// <summary>Looks again at what models take, which grows with the largest batch, and at who may leave by now.</summary>
    private void Review()
    {
        List<Resident> serving;
        lock (_gate)
        {
            UpdateFrequencies(Now);
            Serve();
            if (_waiting.Count > 0)
            {
                // Nothing that may take its time while somebody waits.
                _timer.Change(PeriodWhileWaiting, Timeout.InfiniteTimeSpan);
                return;
            }

            serving = _residents.FindAll(static resident => resident.IsServing && resident.LeavingSince is null);
        }

        // Not under the lock: a backend is asked here.
        var measured = serving.ConvertAll(static resident => (Resident: resident, resident.Version.MeasureFootprint().HostByteSize));
        lock (_gate)
        {
            foreach (var (resident, byteSize) in measured)
            {
                if (_residents.Contains(resident))
                {
                    Measure(resident, byteSize);
                }
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
            var now = Now;
            var (loading, leaving) = (_residents.Count(static resident => !resident.IsServing), _residents.Count(static resident => resident.LeavingSince is not null));
            var staying = _residents.Count(resident => resident is { IsServing: true, LeavingSince: null } && !resident.MayLeave(now, _minimumResidency));
            return new InferenceStatus(
                StatusCode.Unavailable,
                $"there is no room for its {request.ByteSize} bytes: {_residents.Count} models take {_ledger.Used} bytes of the memory budget, {_ledger.Limit} bytes; {loading} of them are being loaded, {leaving} end their requests to leave, and {staying} are not to leave");
        }
    }

    private sealed class RoomRequest(ModelVersion version, VersionHistory history, long byteSize) : TaskCompletionSource<InferenceStatus>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public ModelVersion Version => version;

        public VersionHistory History => history;

        public long ByteSize => byteSize;
    }

    private static partial class Log
    {
        [LoggerMessage(310, LogLevel.Information, "Model '{Model}' version {Version} leaves its {ByteSize} bytes of memory to others; it had {Rate:0.###} requests a second, and loading it takes {Milliseconds:F0} ms.")]
        public static partial void Evicted(ILogger logger, string model, long version, long byteSize, double rate, double milliseconds);
    }
}
