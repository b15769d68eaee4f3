using Camshaft.Backends;
using Camshaft.Engine.Files;
using Camshaft.Engine.Telemetry.Metrics;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Plugins;

/// <summary>
/// Finds and keeps the backend plugins: each folder of the plugin directory with an assembly of its name. One that fails
/// is listed with its reason and stops nothing. Readers take the present list from any thread; scans come one at a time.
/// </summary>
public sealed partial class PluginHost : IAsyncDisposable
{
    // A folder that has not changed for that long has been copied in full.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string _directory;
    private readonly EngineOptions _options;
    private readonly int _processorCount;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly Action<Thread> _startThread;
    private readonly Lock _scan = new();
    private readonly Dictionary<string, Folder> _folders = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<PluginInfo> _plugins = [];
    private volatile IReadOnlyList<IBackend> _backends = [];
    private ITimer? _timer;

    /// <summary>Makes a host that has loaded nothing yet.</summary>
    /// <param name="directory">The plugin directory; it need not exist.</param>
    /// <param name="options">Holds the backends' own options.</param>
    /// <param name="processorCount">How many processors backends may use.</param>
    /// <param name="loggerFactory">Where the host's and the backends' messages go.</param>
    /// <param name="timeProvider">The clock of the watch.</param>
    /// <param name="startThread">Starts threads of backends that help runs; null = as they are.</param>
    public PluginHost(string directory, EngineOptions options, int processorCount, ILoggerFactory loggerFactory, TimeProvider timeProvider, Action<Thread>? startThread = null)
    {
        _directory = Path.GetFullPath(directory);
        _options = options;
        _processorCount = processorCount;
        _loggerFactory = loggerFactory;
        _logger = loggerFactory.CreateLogger("Camshaft.Plugins");
        _timeProvider = timeProvider;
        _startThread = startThread ?? (static thread => thread.Start());
    }

    /// <summary>A backend was added.</summary>
    public event Action? Changed;

    /// <summary>Every plugin folder that was looked at, by name.</summary>
    public IReadOnlyList<PluginInfo> Plugins => _plugins;

    /// <summary>The backends that run.</summary>
    public IReadOnlyList<IBackend> Backends => _backends;

    /// <summary>Loads what lies in the directory now.</summary>
    public void Scan()
    {
        if (!Directory.Exists(_directory))
        {
            Log.NoDirectory(_logger, _directory);
        }

        Look(isStart: true);
    }

    /// <summary>Looks again every second, for plugins that are dropped in.</summary>
    public void StartWatching() => _timer ??= _timeProvider.CreateTimer(static self => ((PluginHost)self!).LookQuietly(), this, Interval, Interval);

    /// <summary>Ends the watch and disposes the backends. After the last model.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_timer is { } timer)
        {
            await timer.DisposeAsync().ConfigureAwait(false);
        }

        lock (_scan)
        {
            foreach (var backend in _backends)
            {
                DisposeQuietly(backend);
            }

            _backends = [];
        }
    }

    private void LookQuietly()
    {
        // A plugin that takes long to start must not gather threads that wait behind it.
        if (!_scan.TryEnter())
        {
            return;
        }

        try
        {
            Look(isStart: false);
        }
        catch (Exception exception)
        {
            // The watch is a background service: it says what happened and goes on.
            Log.WatchFailed(_logger, _directory, exception);
        }
        finally
        {
            _scan.Exit();
        }
    }

    private void Look(bool isStart)
    {
        var hasNewBackend = false;
        lock (_scan)
        {
            string[] folders = Directory.Exists(_directory) ? Directory.GetDirectories(_directory) : [];
            foreach (var path in folders.Order(StringComparer.Ordinal))
            {
                hasNewBackend |= Look(path, isStart);
            }
        }

        if (hasNewBackend)
        {
            Changed?.Invoke();
        }
    }

    /// <returns>Whether a backend was added.</returns>
    private bool Look(string path, bool isStart)
    {
        var name = Path.GetFileName(path);
        if (name.StartsWith('.') || FolderFingerprint.Compute(path) is not { } fingerprint)
        {
            return false;
        }

        var folder = _folders.TryGetValue(name, out var known) ? known : _folders[name] = new Folder();
        if (folder.Fingerprint != fingerprint)
        {
            folder.Fingerprint = fingerprint;
            folder.ChangedAt = _timeProvider.GetTimestamp();
            folder.IsDone = false;
        }

        if (folder.IsDone || (!isStart && _timeProvider.GetElapsedTime(folder.ChangedAt) < Settled))
        {
            return false;
        }

        folder.IsDone = true;
        if (folder.Plugin is { State: PluginState.Loaded })
        {
            Log.NeedsRestart(_logger, name);
            return false;
        }

        folder.Plugin = Load(name, path);
        _plugins = [.. _folders.Values.Select(static entry => entry.Plugin).OfType<PluginInfo>().OrderBy(static plugin => plugin.Name, StringComparer.Ordinal)];
        if (folder.Plugin.Backend is not { } backend)
        {
            if (folder.Plugin.State == PluginState.Unavailable)
            {
                Log.Unavailable(_logger, name, folder.Plugin.Reason!);
            }
            else
            {
                Log.Failed(_logger, name, folder.Plugin.Reason!);
            }

            return false;
        }

        _backends = [.. _backends, backend];
        Log.Loaded(_logger, name, backend.Name, string.Join(", ", backend.DeviceKinds.Select(static kind => DeviceName.Of(kind))));
        return true;
    }

    private PluginInfo Load(string name, string folder)
    {
        PluginManifest? manifest = null;
        IBackend? backend = null;
        string? backendName = null;
        try
        {
            var path = Path.Combine(folder, name + ".dll");
            manifest = File.Exists(path)
                ? PluginManifest.Read(path)
                : throw new PluginException($"There is no '{name}.dll' in '{folder}'; a plugin's assembly has the name of its folder.");
            backend = PluginLoad.CreateBackend(path);
            backendName = backend.Name;
            CheckForClash(backend);
            backend.Start(CreateContext(backend, name));
            return new PluginInfo(name, folder, PluginState.Loaded, null) { Backend = backend, BackendName = backendName, ContractMinor = manifest.ContractMinor, AssemblyVersion = manifest.AssemblyVersion };
        }
        catch (Exception exception)
        {
            // A plugin may throw anything; whatever it is, it concerns this folder alone.
            if (backend is not null)
            {
                DisposeQuietly(backend);
            }

            var state = exception is BackendException { Code: StatusCode.Unavailable } ? PluginState.Unavailable : PluginState.Failed;
            return new PluginInfo(name, folder, state, exception.Message) { BackendName = backendName, ContractMinor = manifest?.ContractMinor, AssemblyVersion = manifest?.AssemblyVersion };
        }
    }

    private void CheckForClash(IBackend backend)
    {
        foreach (var other in _backends)
        {
            if (other.Name == backend.Name && other.DeviceKinds.Intersect(backend.DeviceKinds).Any())
            {
                throw new PluginException($"Another plugin already provides the backend '{backend.Name}' for {string.Join(", ", other.DeviceKinds.Intersect(backend.DeviceKinds).Select(static kind => DeviceName.Of(kind)))}.");
            }
        }
    }

    private BackendContext CreateContext(IBackend backend, string pluginName) =>
        new(GetOptions(backend.OptionsName), _processorCount, new BackendLog(_loggerFactory.CreateLogger($"Camshaft.Plugins.{pluginName}")))
        {
            CacheDirectory = _options.ModelCacheDirectory is { } directory ? Path.Combine(Path.GetFullPath(directory), backend.Name) : null,
            CacheByteSizeLimit = _options.ModelCacheByteSizeLimit,
            StartThread = _startThread,
            TimeProvider = _timeProvider,
        };

    private IReadOnlyDictionary<string, string> GetOptions(string name) =>
        _options.Backends.TryGetValue(name, out var options) ? options : new Dictionary<string, string>();

    private void DisposeQuietly(IBackend backend)
    {
        try
        {
            backend.Dispose();
        }
        catch (Exception exception)
        {
            Log.DisposeFailed(_logger, backend.GetType().FullName!, exception);
        }
    }

    /// <summary>What the watch knows of a folder. Guarded by the scan's lock.</summary>
    private sealed class Folder
    {
        public DiskStamp? Fingerprint { get; set; }

        public long ChangedAt { get; set; }

        public bool IsDone { get; set; }

        public PluginInfo? Plugin { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(400, LogLevel.Information, "Plugin {Plugin} is loaded: backend '{Backend}' for {Devices}.")]
        public static partial void Loaded(ILogger logger, string plugin, string backend, string devices);

        [LoggerMessage(401, LogLevel.Error, "Plugin {Plugin} cannot be used: {Reason}")]
        public static partial void Failed(ILogger logger, string plugin, string reason);

        [LoggerMessage(402, LogLevel.Warning, "Plugin {Plugin} has changed on disk; the loaded one stays until the server is restarted.")]
        public static partial void NeedsRestart(ILogger logger, string plugin);

        [LoggerMessage(403, LogLevel.Warning, "The plugin directory '{Directory}' does not exist; no models can be loaded until it does.")]
        public static partial void NoDirectory(ILogger logger, string directory);

        [LoggerMessage(404, LogLevel.Error, "The plugin directory '{Directory}' could not be looked at.")]
        public static partial void WatchFailed(ILogger logger, string directory, Exception exception);

        [LoggerMessage(406, LogLevel.Information, "Plugin {Plugin} is not used on this machine: {Reason}")]
        public static partial void Unavailable(ILogger logger, string plugin, string reason);

        [LoggerMessage(405, LogLevel.Warning, "The backend {Backend} could not be disposed cleanly.")]
        public static partial void DisposeFailed(ILogger logger, string backend, Exception exception);
    }
}
