using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Queues;
using Camshaft.Engine.Telemetry;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Models;

/// <summary>
/// One version of a model through its life: loaded by a loader's thread, leased by requests from any thread, unloaded
/// after the last lease. A version that was unloaded stays as a record of what became of it; loading it again makes a
/// new object.
/// </summary>
public sealed class ModelVersion
{
    private readonly ILogger _logger;
    private readonly ModelLeases _leases = new();
    private readonly ModelLifecycle _life = new();
    private readonly FailureStreak _failures = new();
    private readonly FootprintMeter _footprint;
    private LoadedVersion? _loaded;
    private int _isFreed;

    /// <param name="modelName">The model's name.</param>
    /// <param name="number">The version's number.</param>
    /// <param name="configuration">What its <c>model.yaml</c> says.</param>
    /// <param name="timeProvider">The clock of its timings.</param>
    /// <param name="logger">Where messages go.</param>
    /// <param name="recorder">Goes on counting where the version was loaded before; null = counts from zero.</param>
    internal ModelVersion(string modelName, long number, ModelConfiguration configuration, TimeProvider timeProvider, ILogger logger, ModelRecorder? recorder = null)
    {
        ModelName = modelName;
        Number = number;
        Configuration = configuration;
        Recorder = recorder ?? new ModelRecorder(modelName, number, timeProvider);
        Recorder.SetObjective(configuration.Scheduling.Objective?.Latency);
        _logger = logger;
        _footprint = new FootprintMeter(exception => ModelLog.NotMeasured(logger, modelName, number, exception));
    }

    /// <summary>The model's name.</summary>
    public string ModelName { get; }

    /// <summary>The version's number.</summary>
    public long Number { get; }

    /// <summary>Where the version is in its life.</summary>
    public ModelState State => _life.State;

    /// <summary>Why it is where it is, when that is no good place; null otherwise.</summary>
    public string? Reason => _life.Reason;

    /// <summary>What its <c>model.yaml</c> says.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>Inputs and outputs; null until it was loaded.</summary>
    public ModelSignature? Signature => _loaded?.Plan.Signature;

    /// <summary>The backend that runs it; null until it was loaded.</summary>
    public string? BackendName => _loaded?.Backend.Name;

    /// <summary>Its format, as metadata names it; null until it was loaded.</summary>
    public string? Platform => _loaded?.Backend.Platform;

    /// <summary>Where it runs; null until it was loaded.</summary>
    public IDevice? Device => _loaded?.Scheduler.Device;

    /// <summary>
    /// What it takes beside the engine's buffers, or took when it was in memory; default until it was loaded. Measured after
    /// the warm-up and now and then since; <see cref="MeasureFootprint"/> looks again.
    /// </summary>
    public MemoryFootprint Footprint => _footprint.Last;

    /// <summary>What its backend has to say of it while it is loaded; null = nothing.</summary>
    public string? Note => State is ModelState.Ready or ModelState.Warming ? _loaded?.Model.Note : null;

    /// <summary>How long it took to load.</summary>
    public TimeSpan LoadTime { get; private set; }

    /// <summary>Whether its requests join to batches, and why; null until that is decided.</summary>
    public BatchDecision? Batching { get; private set; }

    /// <summary>What runs of it were measured to take, by rows ascending; empty when they were not.</summary>
    public IReadOnlyList<RunCost> RunCosts { get; private set; } = [];

    /// <summary>What was derived for its requests, as of now; null unless it is loaded.</summary>
    public PlanDescription? Plan => State is ModelState.Ready or ModelState.Warming ? _loaded?.Queues.Describe() : null;

    /// <summary>Counts its requests and their stages.</summary>
    public ModelRecorder Recorder { get; }

    /// <summary>How many requests keep it loaded at this moment.</summary>
    public int LeaseCount => _leases.Count;

    /// <summary>How many of its requests wait and how many may, and how many batches run; nothing while it is not in memory.</summary>
    internal (int Depth, int Limit, int Running) ReadUse() =>
        State is ModelState.Ready or ModelState.Draining && _loaded?.Queues.Share is { } share ? (share.Depth, share.QueueLimit, share.Running) : default;

    /// <summary>Where its requests wait; only while it is loaded.</summary>
    internal ModelQueues Queues => _loaded!.Queues;

    /// <summary>What warm-up found when the same files were loaded before; then they need not be measured again.</summary>
    internal (BatchDecision Decision, IReadOnlyList<RunCost> Costs)? KnownBatching { get; init; }

    /// <summary>What the version's files were when it was loaded, to tell whether they have changed.</summary>
    internal string? Fingerprint { get; init; }

    /// <summary>Whether it failed for want of a device alone: the machine has none of the kind that it takes, and nothing else was found to be wrong.</summary>
    public bool LacksDevice { get; internal set; }

    /// <summary>Whether it failed for want of a backend, so that a new plugin may help.</summary>
    internal bool LacksBackend { get; set; }

    /// <inheritdoc cref="ModelLifecycle.RetryTimestamp"/>
    internal long? RetryTimestamp
    {
        get => _life.RetryTimestamp;
        set => _life.RetryTimestamp = value;
    }

    /// <inheritdoc cref="ModelLifecycle.IsOnDemand"/>
    internal bool IsOnDemand => _life.IsOnDemand;

    /// <summary>The input of a name; -1 = none.</summary>
    public int FindInput(ReadOnlySpan<byte> utf8Name) => _loaded?.Plan.FindInput(utf8Name) ?? -1;

    /// <summary>The output of a name; -1 = none.</summary>
    public int FindOutput(ReadOnlySpan<byte> utf8Name) => _loaded?.Plan.FindOutput(utf8Name) ?? -1;

    /// <summary>Names the model and version, as messages begin.</summary>
    public override string ToString() => $"Model '{ModelName}' version {Number}";

    /// <summary>Asks the backend what the version takes now, and keeps that. Any thread.</summary>
    /// <returns>The present footprint; the last one known when the version is not in memory.</returns>
    public MemoryFootprint MeasureFootprint() => _footprint.Measure(_loaded);

    /// <summary>Looks at what it takes of its accelerator's memory now. Any thread.</summary>
    /// <returns>Null on other devices, and while it is not in memory.</returns>
    public DeviceMemory? ReadDeviceMemory() => _footprint.ReadDeviceMemory(_loaded);

    /// <summary>Rents a request that keeps this version loaded.</summary>
    /// <returns>Null when the version takes no requests.</returns>
    internal InferenceRequest? TryCreateRequest()
    {
        if (State != ModelState.Ready || !_leases.TryAcquire())
        {
            return null;
        }

        var request = _loaded!.Requests.Rent();
        request.Begin();
        return request;
    }

    /// <summary>Keeps the version loaded for something that is no request, until <see cref="EndHold"/>.</summary>
    /// <returns>Null when it does not serve.</returns>
    internal LoadedVersion? TryHold() => State == ModelState.Ready && _leases.TryAcquire() ? _loaded : null;

    /// <summary>Ends what <see cref="TryHold"/> began.</summary>
    internal void EndHold() => _leases.Release();

    internal void Return(InferenceRequest request)
    {
        _loaded!.Requests.Return(request);
        _leases.Release();
    }

    internal IModelInstance GetInstance(ILane lane) => _loaded!.GetInstance(lane);

    /// <summary>Its own lane on an accelerator, for one of the scheduler's; null on other devices.</summary>
    internal IAcceleratorLane? FindAcceleratorLane(ILane lane) => _loaded!.Share is null ? null : (IAcceleratorLane)_loaded.GetLane(lane);

    internal void DropInstance(ILane lane, Exception exception)
    {
        ModelLog.BackendFailed(_logger, ModelName, Number, exception);
        ReleaseInstance(lane);
    }

    /// <summary>Takes note of how a run ended; too many failures of the backend in a row take the version out of service.</summary>
    internal void ReportRun(StatusCode code)
    {
        if (_failures.IsReachedWith(code))
        {
            _life.Fail($"taken out of service: {FailureStreak.Limit} runs in a row failed in the backend");
            ModelLog.Quarantined(_logger, ModelName, Number, FailureStreak.Limit);
        }
    }

    /// <summary>Whether it has been taken out of service while requests hold it.</summary>
    internal bool IsOutOfService => State == ModelState.Failed;

    /// <summary>Takes the version out of service: a run of it goes on though nobody waits for it any more. Under the scheduler's lock.</summary>
    internal void TakeOutOfService() => _life.Fail("taken out of service: a run of it does not end");

    /// <summary>Takes the version out of service, and ends what waits for it: its device has failed.</summary>
    internal void TakeOutOfService(string reason)
    {
        if (!_life.TryFail(reason))
        {
            return;
        }

        ModelLog.Failed(_logger, ModelName, Number, reason);
        CancelRequests();
    }

    /// <summary>Logs that it was taken out of service.</summary>
    internal void ReportStuck() => ModelLog.Stuck(_logger, ModelName, Number);

    /// <summary>Takes note that a run which had been given up has ended; what state its instance is in nobody knows.</summary>
    internal void ReportReturned(ILane lane)
    {
        ReleaseInstance(lane);
        ModelLog.Returned(_logger, ModelName, Number, lane.Index);
    }

    /// <summary>Frees a lane's instance; the next run makes a new one. By the lane's holder, which goes on whatever the backend does.</summary>
    internal void ReleaseInstance(ILane lane)
    {
        try
        {
            _loaded!.DropInstance(lane);
        }
        catch (Exception exception)
        {
            ModelLog.InstanceNotFreed(_logger, ModelName, Number, lane.Index, exception);
        }
    }

    /// <summary>Takes over what its warm-up found.</summary>
    internal void SetBatching(BatchDecision decision, IReadOnlyList<RunCost> costs)
    {
        Batching = decision;
        RunCosts = costs;
        _loaded!.SetBatching(new BatchAxes(_loaded.Plan.Signature, decision.MaxRows), costs);
        if (decision.MaxRows > 1)
        {
            ModelLog.Joins(_logger, ModelName, Number, decision.MaxRows, decision.Reason);
        }
        else
        {
            ModelLog.RunsAlone(_logger, ModelName, Number, decision.Reason);
        }
    }

    /// <summary>Takes over what another warm-up found while it serves. How its requests join stays as it is.</summary>
    internal void RefreshCosts(IReadOnlyList<RunCost> costs)
    {
        RunCosts = costs;
        _loaded!.Queues.Restart(costs);
        ModelLog.WarmAgain(_logger, ModelName, Number, costs[^1].Rows);
    }

    internal void ReportWarmUpFailure(string reason) => ModelLog.NotWarm(_logger, ModelName, Number, reason);

    internal void BeginWarmUp() => _life.BeginWarmUp();

    internal void BeginLoading() => _life.BeginLoading();

    internal void Attach(LoadedVersion loaded, TimeSpan loadTime)
    {
        _loaded = loaded;
        _life.EnterMemory();
        LoadTime = loadTime;
        MeasureFootprint();
    }

    /// <summary>Lets the version take requests, unless it has failed since it was loaded.</summary>
    internal void MarkReady()
    {
        if (_life.TryServe())
        {
            ModelLog.Ready(_logger, ModelName, Number, BackendName!, _loaded!.DescribePlace(), LoadTime.TotalMilliseconds);
        }
    }

    internal void Fail(string reason)
    {
        _life.Fail(reason);
        ModelLog.Failed(_logger, ModelName, Number, reason);
    }

    /// <summary>Frees a part that a failed load has left, whatever that throws.</summary>
    internal void DisposeLeft(IDisposable? part)
    {
        try
        {
            part?.Dispose();
        }
        catch (Exception exception)
        {
            ModelLog.NotFreed(_logger, ModelName, Number, exception);
        }
    }

    /// <summary>Frees what a load that failed after all has left. Before the version could serve.</summary>
    internal void Discard()
    {
        try
        {
            TryFree();
        }
        catch (Exception exception)
        {
            ModelLog.NotFreed(_logger, ModelName, Number, exception);
        }

        _life.Discard();
    }

    /// <summary>Leaves the version out of memory until a request asks for it. Before it was loaded.</summary>
    internal void BeginStandby(string reason) => _life.BeginStandby(reason);

    /// <summary>Takes no new requests from now on; the next one that comes has the version loaded again. Then <see cref="UnloadAsync"/>.</summary>
    /// <returns><see langword="false"/>: it does not serve, and is left as it is.</returns>
    internal bool TryBeginEviction(string reason)
    {
        if (!_life.TryBeginEviction(reason))
        {
            return false;
        }

        _leases.Close();
        return true;
    }

    /// <summary>Takes no new requests from now on, and none has it loaded again. Then <see cref="UnloadAsync"/>.</summary>
    internal void BeginDraining()
    {
        _life.BeginDraining();
        _leases.Close();
    }

    /// <summary>Ends the requests that are still waiting or running.</summary>
    internal void CancelRequests() => _loaded?.Scheduler.CancelAll(_loaded.Queues.Share, StatusCode.Unavailable);

    /// <summary>
    /// Waits for the last request and frees everything. After <see cref="BeginDraining"/> or <see cref="TryBeginEviction"/>,
    /// by one caller at a time; again does no harm.
    /// </summary>
    internal async Task UnloadAsync()
    {
        await _leases.Drained.ConfigureAwait(false);
        try
        {
            if (TryFree())
            {
                ModelLog.Unloaded(_logger, ModelName, Number);
            }
        }
        finally
        {
            // Also where a plugin's part could not be freed cleanly: it is not tried again.
            _life.EndUnload();
        }
    }

    /// <summary>Frees what was loaded, once.</summary>
    private bool TryFree()
    {
        if (_loaded is not { } loaded || Interlocked.Exchange(ref _isFreed, 1) != 0)
        {
            return false;
        }

        _footprint.Close();
        loaded.Dispose();
        return true;
    }
}
