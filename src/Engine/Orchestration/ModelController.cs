using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);
    private readonly VersionPlanner _planner;
    private readonly VersionUnloads _unloads;
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
        _unloads = new VersionUnloads(residency, timeProvider, logger);
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
            using (await EnterAsync(modelName, cancellationToken).ConfigureAwait(false))
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
        using var gate = await EnterAsync(modelName, CancellationToken.None).ConfigureAwait(false);
        var entry = _registry.Find(modelName)!;
        if (_stopped || entry.Find(number) is not { } before || !DemandLoader.MayLoad(before, _timeProvider.GetTimestamp()))
        {
            // Another call was faster; what there is to say, the registry says.
            return InferenceStatus.Ok;
        }

        var version = await LoadAgainAsync(before).ConfigureAwait(false);
        var hasFailed = version.State == ModelState.Failed;
        if (!hasFailed)
        {
            // Before it is seen: a request that found it still loading would be refused.
            Serve(version, countWaiting());
        }

        entry.Set([.. entry.Versions.Select(known => known == before ? version : known)], entry.Reason);
        _unloads.Retire([before]);
        return hasFailed
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
        foreach (var entry in _registry.List())
        {
            using (await EnterAsync(entry.Name, CancellationToken.None).ConfigureAwait(false))
            {
                _unloads.Retire(entry.Versions);
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

        using var gate = await EnterAsync(modelName, CancellationToken.None).ConfigureAwait(false);
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
        using var gate = await EnterAsync(definition.Name, cancellationToken).ConfigureAwait(false);
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
        Publish(entry, before, wanted.ConvertAll(static plan => plan.Version));
        Changed?.Invoke();
    }

    private void Publish(ModelEntry entry, IReadOnlyList<ModelVersion> before, List<ModelVersion> wanted)
    {
        var now = new List<ModelVersion>();
        string? reason = null;
        foreach (var version in wanted)
        {
            var old = before.FirstOrDefault(known => known.Number == version.Number && known != version && known.State is ModelState.Ready or ModelState.Standby);
            if (version.State == ModelState.Failed && old is not null)
            {
                reason = $"version {version.Number} could not be loaded again and the one before it still serves: {version.Reason}";
                now.Add(old);
                continue;
            }

            if (version.State is ModelState.Loading or ModelState.Warming)
            {
                Serve(version, awaitedBy: 0);
            }

            now.Add(version);
        }

        // Versions that are gone from the repository stay listed, as unloaded.
        var gone = before.Where(known => now.All(version => version.Number != known.Number));
        entry.Set([.. now, .. gone], reason);
        _unloads.Retire(before.Except(now));
    }

    private void Serve(ModelVersion version, int awaitedBy)
    {
        version.MarkReady();
        _residency.BeginServing(version, awaitedBy);
    }

    /// <summary>Loads a version from what the repository holds for it now; failed is what it is otherwise.</summary>
    private async Task<ModelVersion> LoadAgainAsync(ModelVersion before)
    {
        var definition = _repository.Find(before.ModelName);
        var directory = definition?.Versions.FirstOrDefault(version => version.Number == before.Number);
        string? fault = null, fingerprint = before.Fingerprint;
        try
        {
            fault = definition?.Error ?? (directory is null ? "it is not in the model repository any more" : null);
            fingerprint = fault is null ? VersionFingerprint.Compute(definition!, directory!) : fingerprint;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            fault = $"'{directory!.Path}' cannot be read: {exception.Message}";
        }

        var configuration = fault is null ? definition!.Configuration : before.Configuration;
        var version = new ModelVersion(before.ModelName, before.Number, configuration, _timeProvider, _logger, before.Recorder)
        {
            Fingerprint = fingerprint,
            KnownBatching = fingerprint == before.Fingerprint && before.Batching is { } batching ? (batching, before.RunCosts) : null,
        };
        if (fault is null)
        {
            await _loader.LoadAsync(version, directory!, mayEvict: true, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            version.Fail(fault);
        }

        if (version.State == ModelState.Failed)
        {
            version.RetryTimestamp = _timeProvider.GetTimestamp() + (long)(DemandLoader.RetryInterval.TotalSeconds * _timeProvider.TimestampFrequency);
        }

        return version;
    }

    private async ValueTask<Gate> EnterAsync(string modelName, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(modelName, static _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Gate(gate);
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

    private readonly record struct Gate(SemaphoreSlim Semaphore) : IDisposable
    {
        public void Dispose() => Semaphore.Release();
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
