using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Repository;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Orchestration;

/// <summary>
/// Brings the registry to what the repository holds: loads, replaces and unloads models. One change to a model at a time;
/// different models side by side. New versions become visible when they are ready, and those that they replace drain
/// after that.
/// </summary>
public sealed partial class ModelController
{
    private readonly EngineOptions _options;
    private readonly ModelRepository _repository;
    private readonly ModelRegistry _registry;
    private readonly ModelLoader _loader;
    private readonly ModelResidency _residency;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ModelGates _gates = new();
    private readonly VersionPlanner _planner;
    private readonly VersionReload _reload;
    private readonly VersionUnloads _unloads;
    private readonly VersionPublisher _publisher;
    private volatile bool _stopped;

    internal ModelController(EngineOptions options, ModelRepository repository, ModelRegistry registry, ModelLoader loader, ModelResidency residency, TimeProvider timeProvider, ILogger logger)
    {
        _options = options;
        _repository = repository;
        _registry = registry;
        _loader = loader;
        _residency = residency;
        _timeProvider = timeProvider;
        _logger = logger;
        _planner = new VersionPlanner(timeProvider, logger);
        _reload = new VersionReload(repository, loader, timeProvider, logger);
        _unloads = new VersionUnloads(residency, timeProvider, logger);
        _publisher = new VersionPublisher(residency, _unloads);
        _residency.Evicted += _unloads.Begin;
    }

    /// <summary>Versions have become visible, or are gone. Raised beside the change, on its thread.</summary>
    internal event Action? Changed;

    /// <summary>Loads a model, or loads it again when its files have changed; returns when it is ready or has failed.</summary>
    /// <returns>
    /// Success; <see cref="StatusCode.Unavailable"/> unless the control mode is explicit, and when a model directory cannot be
    /// read; <see cref="StatusCode.NotFound"/> when the repository does not have it; <see cref="StatusCode.InvalidArgument"/>
    /// with the reason when it cannot be loaded.
    /// </returns>
    public async Task<InferenceStatus> LoadAsync(string modelName, CancellationToken cancellationToken)
    {
        if (CheckMode("load") is { IsOk: false } refusal)
        {
            return refusal;
        }

        if (_repository.Find(modelName) is not { } definition)
        {
            return _repository.FindFaults() is { Count: > 0 } faults
                ? new InferenceStatus(StatusCode.Unavailable, $"Model '{modelName}' cannot be loaded: {string.Join(' ', faults)}")
                : new InferenceStatus(StatusCode.NotFound, $"Model '{modelName}' is not in the model repository.");
        }

        // A load that has begun goes on when its caller leaves: others may have asked for it too.
        await ApplyAsync(definition, mayEvict: true, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        return Describe(modelName);
    }

    /// <summary>Takes a model out of service; its requests in flight finish and its memory is freed in the background.</summary>
    /// <returns>Success, also when there is no such model; <see cref="StatusCode.Unavailable"/> unless the control mode is explicit.</returns>
    public async Task<InferenceStatus> UnloadAsync(string modelName, CancellationToken cancellationToken)
    {
        if (CheckMode("unload") is { IsOk: false } refusal)
        {
            return refusal;
        }

        // Only for models that are known: names that clients make up must not leave anything behind.
        if (_registry.Find(modelName) is { } entry)
        {
            using (await _gates.EnterAsync(modelName, cancellationToken).ConfigureAwait(false))
            {
                _unloads.Retire(entry.Versions);
                entry.Set(entry.Versions, null);
            }
        }

        return InferenceStatus.Ok;
    }

    /// <summary>
    /// Runs every version of a model that is ready with its samples again, beside its serving, and measures what batches of it take: what is in
    /// <see cref="ModelVersion.RunCosts"/> afterwards. These runs are no requests.
    /// </summary>
    /// <param name="modelName">The model.</param>
    /// <param name="cancellationToken">Gives up the wait; what was begun goes on.</param>
    /// <returns>
    /// Success, with the versions that were warmed; <see cref="StatusCode.NotFound"/> for a model that the server does not know,
    /// <see cref="StatusCode.Unavailable"/> when no version of it is ready, else how the first that failed did.
    /// </returns>
    public Task<(InferenceStatus Status, IReadOnlyList<ModelVersion> Versions)> WarmAsync(string modelName, CancellationToken cancellationToken) =>
        WarmAsync(modelName).WaitAsync(cancellationToken);

    /// <summary>Lists the models of the repository and those that are loaded.</summary>
    /// <param name="entries">The models by name; those that the server knows already when a model directory cannot be read.</param>
    /// <returns>Success; <see cref="StatusCode.Unavailable"/> when a model directory cannot be read, so that the list may lack some.</returns>
    public InferenceStatus TryIndex(out IReadOnlyList<ModelEntry> entries)
    {
        if (_repository.FindFaults() is { Count: > 0 } faults)
        {
            entries = _registry.List();
            return new InferenceStatus(StatusCode.Unavailable, string.Join(' ', faults));
        }

        foreach (var definition in _repository.Scan())
        {
            var entry = _registry.GetOrAdd(definition.Name);
            entry.Configuration = definition.Configuration;
            if (entry.Versions.Count == 0 && entry.Reason != definition.Error)
            {
                entry.Set([], definition.Error);
            }
        }

        entries = _registry.List();
        return InferenceStatus.Ok;
    }

    /// <summary>Loads what is to be there from the start.</summary>
    internal Task LoadInitialAsync(CancellationToken cancellationToken)
    {
        var all = _options.ControlMode == ModelControlMode.None || _options.LoadModels is ["*"];
        foreach (var fault in _repository.FindFaults())
        {
            Log.NoDirectory(_logger, fault);
        }

        var definitions = _repository.Scan();
        foreach (var missing in all ? [] : _options.LoadModels.Where(name => definitions.All(definition => definition.Name != name)))
        {
            Log.NotInRepository(_logger, missing);
        }

        // In this order they ask for memory; what is to stay in any case comes first.
        return Task.WhenAll(definitions
            .Where(definition => all || _options.LoadModels.Contains(definition.Name))
            .OrderByDescending(static definition => definition.Configuration.Memory.IsPinned)
            .Select(definition => ApplyAsync(definition, mayEvict: false, cancellationToken)));
    }

    /// <summary>Loads a version that is on standby, or whose load on demand may be tried again, for requests that wait.</summary>
    /// <param name="modelName">The model.</param>
    /// <param name="number">The version.</param>
    /// <param name="countWaiting">Says, once it is loaded, how many requests wait for it.</param>
    /// <returns>Success: it serves, or did when this was called; else why it does not.</returns>
    internal async Task<InferenceStatus> LoadOnDemandAsync(string modelName, long number, Func<int> countWaiting)
    {
        using var gate = await _gates.EnterAsync(modelName, CancellationToken.None).ConfigureAwait(false);
        var entry = _registry.Find(modelName)!;
        if (_stopped || entry.Find(number) is not { } before || !DemandLoader.MayLoad(before, _timeProvider.GetTimestamp()))
        {
            // Another call was faster; what there is to say, the registry says.
            return InferenceStatus.Ok;
        }

        var version = await _reload.LoadAsync(before).ConfigureAwait(false);
        _publisher.Replace(entry, before, version, countWaiting);
        return version.State == ModelState.Failed
            ? new InferenceStatus(StatusCode.Unavailable, $"{version} could not be loaded on demand: {version.Reason}") { RetryAfter = DemandLoader.RetryInterval }
            : InferenceStatus.Ok;
    }

    /// <summary>Tries again what failed for want of a backend.</summary>
    internal async Task RetryAfterNewBackendAsync()
    {
        foreach (var entry in _registry.List())
        {
            if (entry.Versions.Any(static version => version is { State: ModelState.Failed, LacksBackend: true }) && _repository.Find(entry.Name) is { } definition)
            {
                await ApplyAsync(definition, mayEvict: false, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Unloads everything: waits for requests in flight, and ends those that outlast the timeout.</summary>
    internal async Task StopAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        _stopped = true;
        _residency.Stop();

        // By the gates, not by the registry: a model that is loaded for the first time just now may not be there yet.
        foreach (var modelName in _gates.ModelNames)
        {
            using (await _gates.EnterAsync(modelName, CancellationToken.None).ConfigureAwait(false))
            {
                _unloads.Retire(_registry.Find(modelName)?.Versions ?? []);
            }
        }

        await _unloads.WaitAsync(timeout, _options.AbandonTimeout, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(InferenceStatus Status, IReadOnlyList<ModelVersion> Versions)> WarmAsync(string modelName)
    {
        // The highest version, for the registry's words when there is none.
        if (_registry.TryGetVersion(modelName, ModelRegistry.HighestReady, out _) is { IsOk: false } unknown)
        {
            return (unknown, []);
        }

        using var gate = await _gates.EnterAsync(modelName, CancellationToken.None).ConfigureAwait(false);
        var ready = _registry.Find(modelName)!.Versions.Where(static version => version.State == ModelState.Ready).ToList();
        if (ready.Count == 0)
        {
            return (_registry.DescribeNotReady(modelName), []);
        }

        foreach (var version in ready)
        {
            if (await _loader.WarmAsync(version).ConfigureAwait(false) is { IsOk: false } failure)
            {
                return (failure, []);
            }
        }

        return (InferenceStatus.Ok, ready);
    }

    private async Task ApplyAsync(ModelDefinition definition, bool mayEvict, CancellationToken cancellationToken)
    {
        using var gate = await _gates.EnterAsync(definition.Name, cancellationToken).ConfigureAwait(false);
        if (_stopped)
        {
            return;
        }

        var entry = _registry.GetOrAdd(definition.Name);
        foreach (var warning in definition.Warnings)
        {
            Log.Warning(_logger, definition.Name, warning);
        }

        var before = entry.Versions;
        if (_planner.TryPlan(definition, before, out var wanted) is { } error)
        {
            // What serves goes on serving: a spoilt configuration must not take a model down.
            Log.CannotServe(_logger, definition.Name, error);
            entry.Set(before, error);
            return;
        }

        // Versions that were never there are shown while they load; a replacement stays hidden until it is ready.
        var fresh = wanted.Where(static plan => plan.IsNew).ToList();
        entry.Set([.. before, .. fresh.Select(static plan => plan.Version).Where(version => before.All(known => known.Number != version.Number))], null);
        await Task.WhenAll(fresh.Select(plan => _loader.LoadAsync(plan.Version, plan.Directory, mayEvict, cancellationToken))).ConfigureAwait(false);
        _publisher.Publish(entry, before, wanted.ConvertAll(static plan => plan.Version));
        Changed?.Invoke();
    }

    private InferenceStatus CheckMode(string what) => _options.ControlMode == ModelControlMode.Explicit
        ? InferenceStatus.Ok
        : new InferenceStatus(StatusCode.Unavailable, $"Cannot {what} a model: the server's model control mode is 'none'; start it with --model-control-mode explicit.");

    private InferenceStatus Describe(string modelName)
    {
        var entry = _registry.Find(modelName)!;
        var failed = entry.Versions.Where(static version => version.State == ModelState.Failed).Select(static version => $"version {version.Number}: {version.Reason}");
        var reason = entry.Reason ?? string.Join("; ", failed);
        return reason.Length == 0 ? InferenceStatus.Ok : new InferenceStatus(StatusCode.InvalidArgument, $"Model '{modelName}' could not be loaded: {reason}");
    }

    private static partial class Log
    {
        [LoggerMessage(300, LogLevel.Warning, "Model '{Model}': {Warning}")]
        public static partial void Warning(ILogger logger, string model, string warning);

        [LoggerMessage(301, LogLevel.Error, "Model '{Model}' cannot be served: {Reason}")]
        public static partial void CannotServe(ILogger logger, string model, string reason);

        [LoggerMessage(302, LogLevel.Error, "Model '{Model}' is to be loaded at start but is not in the model repository.")]
        public static partial void NotInRepository(ILogger logger, string model);

        [LoggerMessage(305, LogLevel.Error, "{Fault}")]
        public static partial void NoDirectory(ILogger logger, string fault);
    }
}
