using Camshaft.Backends.OnnxRuntime.Native;
using Camshaft.Backends.OnnxRuntime.Preparation;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// Runs ONNX models with ONNX Runtime. A plugin derives from it for each kind of device: it ships the native library, says
/// where the models run and adds its execution provider to each session.
/// </summary>
public abstract class OnnxRuntimeBackend : IBackend
{
    private const string ModelFileName = "model.onnx";

    private OrtEnvironment? _environment;
    private SessionLoader? _sessions;
    private EntryVerifier? _verifier;
    private PreparedModelLoader? _prepared;

    /// <inheritdoc/>
    public string Name => "onnxruntime";

    /// <inheritdoc/>
    public string Platform => "onnxruntime_onnx";

    /// <inheritdoc/>
    public IReadOnlyList<string> ModelFileNames { get; } = [ModelFileName];

    /// <inheritdoc/>
    public abstract IReadOnlyList<DeviceKind> DeviceKinds { get; }

    /// <summary>Where the native library lies: beside the plugin, or in <c>runtimes</c> below it.</summary>
    protected virtual string NativeDirectory => Path.GetDirectoryName(GetType().Assembly.Location)!;

    /// <inheritdoc/>
    public void Start(BackendContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var key in context.Options.Keys)
        {
            context.Log.Write(BackendLogLevel.Warning, $"The backend '{Name}' has no option '{key}'.");
        }

        OrtTelemetry.Disable();
        MemoryTrimmer.Prepare();
        _environment = new OrtEnvironment(OrtLibrary.Load(NativeDirectory), context.Log);
        _sessions = new SessionLoader(_environment, context.Log, context.StartThread);
        if (context.CacheDirectory is { } path)
        {
            OpenCache(path, context);
        }
    }

    /// <summary>Returns null: only a session knows the signature.</summary>
    public ModelSignature? Inspect(ModelSource source) => null;

    /// <inheritdoc/>
    public ILoadedModel Load(ModelSource source, IDevice device, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(device);
        var environment = _environment ?? throw new InvalidOperationException($"The backend '{Name}' is not started.");
        if (!DeviceKinds.Contains(device.Kind))
        {
            throw new BackendException(StatusCode.Unsupported, $"{source}: device '{device.Name}' is of kind {device.Kind}; this backend runs on {string.Join(", ", DeviceKinds)}.");
        }

        var file = source with { FilePath = Directory.Exists(source.FilePath) ? Path.Combine(source.FilePath, ModelFileName) : source.FilePath };
        var configuration = SessionConfiguration.Read(file);
        if (_prepared is not null)
        {
            return _prepared.Load(new ModelLoad(file, configuration, CreateOptions), cancellationToken);
        }

        using var options = CreateOptions(configuration);
        return _sessions!.Load(file, configuration, options, cancellationToken);

        OrtSessionOptions CreateOptions(SessionConfiguration session)
        {
            var created = new OrtSessionOptions(environment, file, session);
            AddExecutionProvider(created, file, device);
            return created;
        }
    }

    /// <summary>
    /// Adds what the plugin runs models with; the processors run whatever it does not take. Nothing to add for the processors
    /// themselves.
    /// </summary>
    protected virtual void AddExecutionProvider(OrtSessionOptions options, ModelSource source, IDevice device)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the environment, once the last model is gone too.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _verifier?.Dispose();
            _environment?.Dispose();
        }
    }

    private void OpenCache(string path, BackendContext context)
    {
        try
        {
            var directory = CacheDirectory.Open(path);
            _verifier = new EntryVerifier(context.Log);
            _prepared = new PreparedModelLoader(
                _environment!, _sessions!, new ModelHashes(directory), new ModelCache(directory, context.CacheByteSizeLimit, context.Log), _verifier, GetType().FullName!, context.Log);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            context.Log.Write(BackendLogLevel.Warning, $"The model cache is off, and models are served as they are: {exception.Message}");
        }
    }
}
