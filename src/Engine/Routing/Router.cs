using Camshaft.Backends;
using Camshaft.Engine.Files;
using Camshaft.Engine.Models;
using Camshaft.Engine.Repository;
using Camshaft.Engine.Routing.Configuration;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Routing;

/// <summary>
/// Holds the table by which requests find their models, and replaces it as a whole when files or calls change it. Requests read the table
/// without a lock, from any thread; changes come one at a time. Files are watched from <see cref="StartWatching"/> to <see cref="Dispose"/>.
/// </summary>
public sealed partial class Router : IDisposable
{
    /// <summary>How often the files are looked at; a change counts when a second look finds it unchanged.</summary>
    internal static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly EngineOptions _options;
    private readonly ModelRepository _repository;
    private readonly ModelRegistry _registry;
    private readonly AliasFile _aliasFile;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly SourceStamp _sources;
    private readonly Lock _gate = new();
    private volatile RouteTable _table = RouteTable.Empty;
    private volatile string? _fault;
    private Dictionary<string, string> _setAliases = new(StringComparer.Ordinal);
    private ITimer? _watch;
    private DiskStamp _loadedStamp;
    private DiskStamp _lastStamp;

    internal Router(EngineOptions options, ModelRepository repository, ModelRegistry registry, TimeProvider timeProvider, ILogger logger)
    {
        _options = options;
        _repository = repository;
        _registry = registry;
        _aliasFile = new AliasFile(options.AliasFile);
        _timeProvider = timeProvider;
        _logger = logger;
        _sources = new SourceStamp(options.RoutingFile, options.ModelDirectories);
    }

    /// <summary>The table that holds now. A request reads it once.</summary>
    public RouteTable Table => _table;

    /// <summary>Why the files' present rules do not hold and those before them do; null when they hold.</summary>
    public string? Fault => _fault;

    /// <summary>Whether aliases that calls set outlast the server.</summary>
    public bool KeepsAliases => _aliasFile.Exists;

    /// <summary>Makes a new table of what the files say now. All or nothing: what is wrong leaves the table as it is.</summary>
    /// <returns>Success; <see cref="StatusCode.InvalidArgument"/> with what is wrong.</returns>
    public InferenceStatus Reload()
    {
        lock (_gate)
        {
            return ReloadUnderLock();
        }
    }

    /// <summary>
    /// Lets an alias stand for something else, at once for every request that comes from now on; those in flight go on where they are. Comes before
    /// what files say of the alias, until it is removed.
    /// </summary>
    /// <param name="alias">The alias; of one model alone as <c>model@alias</c>.</param>
    /// <param name="target">A model, <c>model@version</c>, or another alias.</param>
    /// <returns>
    /// Success; <see cref="StatusCode.InvalidArgument"/> when it cannot be; <see cref="StatusCode.Unavailable"/> when the target takes no requests: the
    /// alias is then left as it was; <see cref="StatusCode.Internal"/> when it cannot be kept on disk.
    /// </returns>
    public InferenceStatus SetAlias(string alias, string target)
    {
        lock (_gate)
        {
            var aliases = new Dictionary<string, string>(_setAliases, StringComparer.Ordinal) { [alias] = target };
            return Change(aliases, table => table.TryGetAlias(alias, out var known) && Find(known) is { } missing ? missing : InferenceStatus.Ok);
        }

        InferenceStatus? Find(RouteAlias known)
        {
            var wanted = known.Pending ?? known.Target;
            return IsReady(wanted) ? null : new InferenceStatus(StatusCode.Unavailable, $"Alias '{alias}' is left as it was: '{wanted}' takes no requests; load it first.");
        }
    }

    /// <summary>Removes what a call has set; then the alias is what files say, if they say something.</summary>
    /// <returns>Success; <see cref="StatusCode.NotFound"/> when no call has set it; <see cref="StatusCode.InvalidArgument"/> when something leads to it.</returns>
    public InferenceStatus RemoveAlias(string alias)
    {
        lock (_gate)
        {
            var aliases = new Dictionary<string, string>(_setAliases, StringComparer.Ordinal);
            return aliases.Remove(alias)
                ? Change(aliases, static _ => InferenceStatus.Ok)
                : new InferenceStatus(StatusCode.NotFound, _table.TryGetAlias(alias, out var known)
                    ? $"Alias '{alias}' was set by {known.Source} and is removed there."
                    : $"There is no alias '{alias}'.");
        }
    }

    /// <summary>Finds what a text of a call stands for, as the files and aliases are now.</summary>
    /// <returns>Success; <see cref="StatusCode.InvalidArgument"/> when it stands for nothing.</returns>
    public InferenceStatus TryResolve(string text, out RouteTarget? target)
    {
        target = null;
        try
        {
            var aliases = _table.Aliases.ToDictionary(static alias => alias.Name, static alias => alias.Text);
            target = new TargetResolver(_repository.Scan(), aliases).Resolve(text, $"The target '{text}'");
            return InferenceStatus.Ok;
        }
        catch (RoutingException exception)
        {
            return new InferenceStatus(StatusCode.InvalidArgument, exception.Message);
        }
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose() => _watch?.Dispose();

    /// <summary>Makes the first table; what is wrong is logged, and models are served by their names.</summary>
    internal void Start()
    {
        lock (_gate)
        {
            _loadedStamp = _lastStamp = _sources.Take();
            RestoreAliases();
            ReloadUnderLock();
        }
    }

    /// <summary>Looks at the files from now on.</summary>
    internal void StartWatching() => _watch = _timeProvider.CreateTimer(static state => ((Router)state!).Look(), this, WatchInterval, WatchInterval);

    /// <summary>Looks whether aliases that wait for their targets may switch: models have changed.</summary>
    internal void OnModelsChanged()
    {
        if (_table.Aliases.Any(alias => alias.Pending is { } pending && IsReady(pending)))
        {
            Reload();
        }
    }

    private void Look()
    {
        // A disk that is slow must not gather threads that wait behind it.
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            var stamp = _sources.Take();
            var isStable = stamp == _lastStamp;
            _lastStamp = stamp;
            if (isStable && stamp != _loadedStamp)
            {
                _loadedStamp = stamp;
                ReloadUnderLock();
            }
        }
        catch (Exception exception)
        {
            Log.WatchFailed(_logger, exception);
        }
        finally
        {
            _gate.Exit();
        }
    }

    // An alias whose model has gone since must not take the rules of the files along.
    private void RestoreAliases()
    {
        try
        {
            var kept = _aliasFile.Read();
            Compile(kept);
            _setAliases = kept;
        }
        catch (RoutingException exception)
        {
            Log.NotRestored(_logger, exception.Message);
        }
    }

    private InferenceStatus ReloadUnderLock() => Change(_setAliases, static _ => InferenceStatus.Ok);

    private InferenceStatus Change(Dictionary<string, string> setAliases, Func<RouteTable, InferenceStatus> check)
    {
        try
        {
            var table = Compile(setAliases);
            if (check(table) is { IsOk: false } refusal)
            {
                return refusal;
            }

            if (!ReferenceEquals(setAliases, _setAliases))
            {
                _aliasFile.Write(setAliases);
            }

            _setAliases = setAliases;
            _table = table;
            _fault = null;
            Log.Loaded(_logger, table.Rules.Count, table.Aliases.Count);
            return InferenceStatus.Ok;
        }
        catch (RoutingException exception)
        {
            if (ReferenceEquals(setAliases, _setAliases))
            {
                _fault = exception.Message;
                Log.Refused(_logger, exception.Message);
            }

            return new InferenceStatus(StatusCode.InvalidArgument, exception.Message);
        }
    }

    private RouteTable Compile(Dictionary<string, string> setAliases)
    {
        var before = _table;
        var models = _repository.Scan();
        foreach (var model in models.Where(static model => model.Error is not null))
        {
            // What it says is not known; to take its rules for gone would send its requests elsewhere.
            var source = $"{model.Name}/model.yaml";
            if (before.Rules.Any(rule => rule.Source == source) || before.Aliases.Any(alias => alias.Source == source))
            {
                throw new RoutingException($"The rules of {source} cannot be read: {model.Error}");
            }
        }

        var sources = new RoutingSources
        {
            FileName = _options.RoutingFile is { } path ? Path.GetFileName(path) : "camshaft.json",
            File = _options.RoutingFile is { } file ? RoutingFile.Read(file) : RoutingConfiguration.Empty,
            Models = models,
            SetAliases = setAliases,
        };
        return RouteCompiler.Compile(sources, before, IsReady);
    }

    private bool IsReady(RouteTarget target) => _registry.TakesRequests(target.ModelName, target.Version);

    private static partial class Log
    {
        [LoggerMessage(450, LogLevel.Debug, "Routing: {Rules} rules, {Aliases} aliases.")]
        public static partial void Loaded(ILogger logger, int rules, int aliases);

        [LoggerMessage(451, LogLevel.Error, "Routing is left as it was: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(453, LogLevel.Error, "Aliases that were set by calls are not taken over: {Reason}")]
        public static partial void NotRestored(ILogger logger, string reason);

        [LoggerMessage(452, LogLevel.Error, "The files of the routing rules could not be looked at.")]
        public static partial void WatchFailed(ILogger logger, Exception exception);
    }
}
