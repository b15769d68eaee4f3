using System.Diagnostics.Metrics;
using Camshaft.Backends;
using Camshaft.Engine.Devices;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Plugins;
using Camshaft.Engine.Repository;
using Camshaft.Engine.Routing;
using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Runs;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Engine.Telemetry.Snapshots;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine;

/// <summary>
/// The engine as its hosts see it: plugins, models, memory and devices of one process, from <see cref="StartAsync"/> to
/// <see cref="StopAsync"/>. Any thread may use its parts; one caller starts and stops it.
/// </summary>
public sealed partial class InferenceEngine : IAsyncDisposable
{
    /// <summary>With so many runs that were given up the engine is not ready any more: each keeps a thread and memory, and the process is better replaced.</summary>
    public const int MostAbandonedRuns = 4;

    private readonly ILogger _logger;
    private readonly CompletionThread _completions = new();
    private readonly DeviceSchedulers _schedulers = new();
    private readonly ContainerScaling _scaling;
    private readonly ModelResidency _residency;
    private readonly ModelLoader _loader;
    private readonly RequestDoor _door;
    private readonly EngineMeter _meter;
    private readonly BackendRetries _retries;
    private readonly DeviceFailures _failures;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile EngineState _state = EngineState.Created;
    private volatile bool _stopAnnounced;

    /// <summary>Puts the parts together and starts nothing.</summary>
    /// <param name="options">What to serve, and within which bounds.</param>
    /// <param name="loggerFactory">Where messages go.</param>
    /// <param name="timeProvider">The clock of deadlines and timings.</param>
    /// <param name="deviceProviders">Devices beside the processors.</param>
    /// <param name="meterFactory">Makes the meter of its instruments; null = it makes one of its own.</param>
    public InferenceEngine(EngineOptions options, ILoggerFactory loggerFactory, TimeProvider timeProvider, IEnumerable<IDeviceProvider> deviceProviders, IMeterFactory? meterFactory = null)
    {
        Options = options;
        _logger = loggerFactory.CreateLogger("Camshaft.Engine");
        var cpu = new CpuDevice();
        var container = new ContainerWatch(new CgroupReader(), timeProvider);
        var cpuCount = options.CpuLaneCount > 0 ? options.CpuLaneCount : container.ProcessorCount;
        var plan = MemoryPlan.Make(options, container.MemoryByteSize);
        IDevice[] devices = [cpu, .. DeviceDiscovery.Find(deviceProviders, _logger)];

        // What one device's copy engines reach directly, all devices' do.
        var memorySource = devices.OfType<IAccelerator>().FirstOrDefault()?.MemorySource ?? cpu.MemorySource;
        Memory = new HostMemoryPool(memorySource, plan.TensorByteSize, options.TensorMemoryWaiterLimit, serveWaiters: _completions.Post);
        Plugins = new PluginHost(options.PluginDirectory, options, Environment.ProcessorCount, loggerFactory, timeProvider, thread => OwnThread.StartNormal(thread, _completions));
        foreach (var device in devices)
        {
            _schedulers.Add(
                CreateScheduler(device, policy => device.Kind == DeviceKind.Cpu ? LaneLayout.ForProcessors(cpuCount, policy) : LaneLayout.Alike(options.AcceleratorLaneCount), timeProvider),
                device is IAccelerator && options.AcceleratorShareLaneCount > 0 ? CreateScheduler(device, _ => LaneLayout.Alike(options.AcceleratorShareLaneCount) with { NamePrefix = "share-" }, timeProvider) : null);
        }

        _residency = new ModelResidency(plan.ModelByteSize, options.MinimumResidency, timeProvider, _logger);
        _loader = new ModelLoader(new BackendSelector(Plugins, new DevicePlacement(_schedulers, Models)).Select, _schedulers, Memory, _residency, _completions, options, timeProvider);
        var repository = new ModelRepository(options.ModelDirectories);
        Controller = new ModelController(options, repository, Models, _loader, _residency, timeProvider, _logger);
        Router = new Router(options, repository, Models, timeProvider, _logger);
        Controller.Changed += Router.OnModelsChanged;
        Shadows = new ShadowCopies(Models, options.ShadowTimeout);
        _door = new RequestDoor(Models, Started, new DemandLoader(Controller.LoadOnDemandAsync, options.QueueLimit, timeProvider), timeProvider);
        Telemetry = new EngineTelemetry(this, _schedulers.All, _loader.Tags, timeProvider);
        _meter = new EngineMeter(Telemetry, timeProvider, meterFactory);
        _retries = new BackendRetries(Plugins, Controller, _logger);
        _scaling = new ContainerScaling(options, container, _schedulers, Memory, _residency, _logger);
        _failures = new DeviceFailures(Models, _completions, _logger);
        foreach (var accelerator in devices.OfType<IAccelerator>())
        {
            _failures.Watch(accelerator);
        }
    }

    private enum EngineState
    {
        Created,
        Starting,
        Ready,
        Stopping,
        Stopped,
    }

    /// <summary>What the engine was told.</summary>
    public EngineOptions Options { get; }

    /// <summary>The memory of requests' tensors.</summary>
    public HostMemoryPool Memory { get; }

    /// <summary>The models, and the door for requests to them.</summary>
    public ModelRegistry Models { get; } = new();

    /// <summary>Loads and unloads models.</summary>
    public ModelController Controller { get; }

    /// <summary>Sends copies of requests to where rules want them.</summary>
    public ShadowCopies Shadows { get; }

    /// <summary>Finds the models of requests that do not name one.</summary>
    public Router Router { get; }

    /// <summary>The bytes of host memory that models take together, those that are being loaded included.</summary>
    public long ModelMemoryByteSize => _residency.Use.Used;

    /// <summary>The most that <see cref="ModelMemoryByteSize"/> ever was.</summary>
    public long ModelMemoryPeakByteSize => _residency.Use.Peak;

    /// <summary>The bytes of host memory that models may take together; <see cref="long.MaxValue"/> = no bound.</summary>
    public long ModelMemoryBudgetByteSize => _residency.Limit;

    /// <summary>Where batches run: the processors first.</summary>
    public IReadOnlyCollection<IDevice> Devices => _schedulers.Devices;

    /// <summary>The backend plugins.</summary>
    public PluginHost Plugins { get; }

    /// <summary>What it counts and measures.</summary>
    public EngineTelemetry Telemetry { get; }

    /// <summary>Whether the engine works; false once it has stopped.</summary>
    public bool IsLive => _state != EngineState.Stopped;

    /// <summary>Whether the initial loads have ended, well or badly, and no stop has begun.</summary>
    public bool IsReady => _state == EngineState.Ready && !_stopAnnounced && AbandonedRuns.Count < MostAbandonedRuns;

    /// <summary>The runs that were given up because they did not end, and still go on. With four of them the engine is not ready any more.</summary>
    public IReadOnlyList<AbandonedRun> AbandonedRuns => [.. _schedulers.All.SelectMany(static scheduler => scheduler.AbandonedRuns)];

    /// <summary>Completes when the initial loads have ended, for those who did not call <see cref="StartAsync"/> themselves; fails as it did.</summary>
    public Task Started => _started.Task;

    /// <summary>Loads plugins and the initial models; returns when every load has ended.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_state != EngineState.Created)
        {
            throw new InvalidOperationException("The engine is started once.");
        }

        _state = EngineState.Starting;
        try
        {
            await LoadAsync(cancellationToken).ConfigureAwait(false);
            _started.SetResult();
        }
        catch (Exception exception)
        {
            _started.SetException(exception);
            throw;
        }
    }

    /// <summary>
    /// Rents a request to a model as <see cref="ModelRegistry.TryCreateRequest"/> does, and waits where the model is not in memory: for the initial
    /// loads, or for a load on demand. A model that is in memory costs no wait and no allocation.
    /// </summary>
    /// <param name="modelName">The model's name.</param>
    /// <param name="version">The version's number, or <see cref="ModelRegistry.HighestReady"/>.</param>
    /// <param name="timeout">How long the request may wait; null = as long as it takes.</param>
    /// <param name="cancellationToken">Set when the client is gone.</param>
    /// <returns>
    /// The request; or what <see cref="ModelRegistry.TryCreateRequest"/> has against it; or how the wait ended: <see cref="StatusCode.Unavailable"/> when the
    /// model could not be loaded, <see cref="StatusCode.ResourceExhausted"/> when too many wait, <see cref="StatusCode.DeadlineExceeded"/>, <see cref="StatusCode.Cancelled"/>.
    /// </returns>
    public ValueTask<RentedRequest> CreateRequestAsync(string modelName, long version, TimeSpan? timeout, CancellationToken cancellationToken) =>
        _door.CreateRequestAsync(modelName, version, timeout, cancellationToken);

    /// <summary>
    /// Waits as <see cref="CreateRequestAsync"/> does and rents nothing: for those who want to read a request only when its model is there, or need
    /// the model's signature. The model may leave memory again afterwards.
    /// </summary>
    /// <returns>Success, also where there is nothing to wait for: what else may be wrong with the model is not said here.</returns>
    public ValueTask<InferenceStatus> WaitForModelAsync(string modelName, long version, TimeSpan? timeout, CancellationToken cancellationToken) =>
        _door.WaitForModelAsync(modelName, version, timeout, cancellationToken);

    /// <summary>Says that a stop is coming: the engine is not ready from now on, so that load balancers look elsewhere, and still serves.</summary>
    public void AnnounceStop() => _stopAnnounced = true;

    /// <summary>Takes no new requests, lets those in flight finish, unloads every model. More than once does no harm.</summary>
    /// <param name="cancellationToken">Hurries it: what is in flight is then ended instead.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_state is EngineState.Stopping or EngineState.Stopped)
        {
            return;
        }

        _state = EngineState.Stopping;
        _scaling.Dispose();
        Router.Dispose();
        _meter.Dispose();
        await _retries.StopAsync().ConfigureAwait(false);
        await Controller.StopAsync(Options.DrainTimeout, cancellationToken).ConfigureAwait(false);
        var abandoned = AbandonedRuns;
        foreach (var scheduler in _schedulers.All)
        {
            scheduler.Dispose();
        }

        _loader.Dispose();
        _residency.Dispose();
        _failures.Dispose();
        if (abandoned.Count == 0)
        {
            await Plugins.DisposeAsync().ConfigureAwait(false);
            _completions.Dispose();
        }

        // What still runs in a backend keeps it, its memory and the thread that would take its end.
        foreach (var run in abandoned)
        {
            Log.RunOutstanding(_logger, run.ToString());
        }

        if (Memory.LeasedCount > 0)
        {
            Log.MemoryOutstanding(_logger, Memory.DescribeOutstanding());
        }

        Memory.Dispose();
        if (abandoned.Count == 0 && Memory.LeasedCount == 0)
        {
            foreach (var accelerator in _schedulers.Devices.OfType<IAccelerator>())
            {
                accelerator.Dispose();
            }
        }

        _state = EngineState.Stopped;
    }

    /// <summary>Stops it, if that has not been done.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        RuntimeThreads.Start();
        foreach (var scheduler in _schedulers.All)
        {
            scheduler.Start();
        }

        Plugins.Scan();
        Router.Start();
        _residency.Start();
        _scaling.Start();
        await Controller.LoadInitialAsync(cancellationToken).ConfigureAwait(false);
        _retries.Start();
        Plugins.StartWatching();
        Router.StartWatching();
        if (_state == EngineState.Starting)
        {
            _state = EngineState.Ready;
        }
    }

    private DeviceScheduler CreateScheduler(IDevice device, Func<ISchedulingPolicy, LaneLayout> layOut, TimeProvider timeProvider)
    {
        var policy = SchedulingPolicies.Create(Options.SchedulingPolicy, timeProvider.TimestampFrequency);
        return new DeviceScheduler(device, layOut(policy), policy, timeProvider, _completions, Options.AbandonTimeout);
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Error, "The engine stopped with tensor memory still leased: {Outstanding}")]
        public static partial void MemoryOutstanding(ILogger logger, string outstanding);

        [LoggerMessage(103, LogLevel.Error, "The engine stopped beside a run that does not end. {Run}")]
        public static partial void RunOutstanding(ILogger logger, string run);
    }
}
