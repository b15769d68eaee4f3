using System.Globalization;
using Camshaft.Backends.OnnxRuntime.Gpu;
using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// Runs ONNX models on GPUs with ONNX Runtime. A plugin derives from it for each execution provider. All of them load the library from one
/// directory, by full path, so that the process has one GPU-enabled ONNX Runtime, whichever of them are used; the library for the
/// processors is another.
/// </summary>
public abstract class OnnxRuntimeGpuBackend : IBackend
{
    // The plugin that the libraries are published with.
    private const string PackagePlugin = "OnnxRuntime.Cuda";

    private const string ModelFileName = "model.onnx";

    private IBackendLog? _log;
    private OrtEnvironment? _environment;
    private SessionLoader? _sessions;
    private TensorRtEngines? _engines;
    private TensorRtBuilds? _builds;

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public string Platform => "onnxruntime_onnx";

    /// <inheritdoc/>
    public string OptionsName => "onnxRuntimeGpu";

    /// <inheritdoc/>
    public virtual bool RunsOnlyWhenNamed => false;

    /// <inheritdoc/>
    public IReadOnlyList<string> ModelFileNames { get; } = [ModelFileName];

    /// <inheritdoc/>
    public IReadOnlyList<DeviceKind> DeviceKinds { get; } = [DeviceKind.Cuda];

    /// <summary>The libraries of the execution providers that the plugin adds, without what the system puts around their names.</summary>
    protected abstract IReadOnlyList<string> ProviderLibraries { get; }

    /// <summary>Whether a provider builds engines that are kept for the next load.</summary>
    protected virtual bool KeepsEngines => false;

    /// <summary>ONNX Runtime's name of the memory that tensors lie in.</summary>
    protected virtual string MemoryName => "Cuda";

    /// <inheritdoc/>
    public void Start(BackendContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var key in context.Options.Keys.Where(static key => !string.Equals(key, GpuLibraries.DirectoryOption, StringComparison.OrdinalIgnoreCase)))
        {
            context.Log.Write(BackendLogLevel.Warning, $"'backends.{OptionsName}' has no option '{key}'; it has '{GpuLibraries.DirectoryOption}'.");
        }

        var directory = FindLibraries(context.Options, out var dependencies);
        OrtTelemetry.Disable();
        _log = context.Log;
        _environment = new OrtEnvironment(LoadLibrary(directory), context.Log);
        _sessions = new SessionLoader(_environment, context.Log, context.StartThread);
        context.Log.Write(BackendLogLevel.Information, $"ONNX Runtime for GPUs is loaded from '{directory}': {_environment.Api.Version}");
        _builds = new TensorRtBuilds(context.Log, context.TimeProvider);
        _engines = KeepsEngines ? TensorRtEngines.Open(context, _environment.Api, dependencies) : null;
    }

    /// <summary>Returns null: only a session knows the signature.</summary>
    public ModelSignature? Inspect(ModelSource source) => null;

    /// <inheritdoc/>
    public ILoadedModel Load(ModelSource source, IDevice device, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        _ = _environment ?? throw new InvalidOperationException($"The backend '{Name}' is not started.");
        var share = device as IAcceleratorShare ?? throw new BackendException(StatusCode.Unsupported, $"{source}: this backend runs on GPUs; expected 'device: cuda'.");
        if (share.ProcessorShare > 0)
        {
            throw new BackendException(StatusCode.Unsupported, $"{source}: 'device_share' is {share.ProcessorShare}; ONNX Runtime's own work would not stay inside a part of the GPU, so expected none.");
        }

        var file = source with { FilePath = Directory.Exists(source.FilePath) ? Path.Combine(source.FilePath, ModelFileName) : source.FilePath };
        if (!File.Exists(file.FilePath))
        {
            throw new BackendException(StatusCode.NotFound, $"{source}: the file '{file.FilePath}' does not exist.");
        }

        var configuration = SessionConfiguration.Read(file);
        if (KeepsEngines && configuration.RecordsGraphs)
        {
            throw new BackendException(
                StatusCode.Unsupported, $"{source}: '{ProviderOptions.CudaGraphs}' is on, but ONNX Runtime records only what CUDA runs alone; expected 'backend: onnxruntime', or no graphs.");
        }

        return KeepsEngines ? LoadForTensorRt(file, configuration, share, cancellationToken) : Load(CreateMaker(file, configuration, share, sessionsPerLane: 1), configuration, share, tensorRt: null, cancellationToken);
    }

    /// <summary>Adds what the plugin runs models with, the preferred provider first; the processors run whatever none takes.</summary>
    protected abstract void AddExecutionProviders(GpuSession session);

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
            _builds?.Dispose();
            _environment?.Dispose();
        }
    }

    /// <summary>Loads ONNX Runtime.</summary>
    internal virtual OrtApiTable LoadLibrary(string directory) => OrtLibrary.Load(directory);

    // Without a place for engines nothing is built beforehand: each session builds its own.
    private GpuModel LoadForTensorRt(ModelSource file, SessionConfiguration configuration, IAcceleratorShare share, CancellationToken cancellationToken)
    {
        var derivedFrom = configuration.WaitsForTensorRt || configuration.Profile is not null ? null : string.Create(CultureInfo.InvariantCulture, $"max_batch_size: {file.MaxBatchSize}");
        var engines = _engines?.Find(file, configuration, derivedFrom, share, cancellationToken);
        if (engines is null || configuration.WaitsForTensorRt)
        {
            return Load(CreateMaker(file, configuration, share, sessionsPerLane: 1), configuration, share, new TensorRtPlan(engines, Profile: null), cancellationToken);
        }

        // CUDA's session and TensorRT's: while a lane goes over, and where batches come that TensorRT was not built for.
        var maker = CreateMaker(file, configuration, share, sessionsPerLane: 2);
        if (engines.FindComplete() is { } built)
        {
            return Load(maker, configuration, share, new TensorRtPlan(engines, built), cancellationToken);
        }

        var model = Load(maker, configuration, share, tensorRt: null, cancellationToken);
        string? obstacle = null;
        if ((configuration.Profile ?? OptimizationProfile.Derive(model.Signature, file.MaxBatchSize, out obstacle)) is { } profile)
        {
            _builds!.Start(model, maker, new TensorRtPlan(engines, profile), share);
        }
        else
        {
            model.RefuseTensorRt(obstacle);
        }

        return model;
    }

    private GpuModel Load(SessionMaker maker, SessionConfiguration configuration, IAcceleratorShare share, TensorRtPlan? tensorRt, CancellationToken cancellationToken) =>
        new(maker, share, MemoryName, configuration.RecordsGraphs, tensorRt, _log!, cancellationToken);

    private SessionMaker CreateMaker(ModelSource file, SessionConfiguration configuration, IAcceleratorShare share, int sessionsPerLane) =>
        new(_environment!, _sessions!, file, configuration, share, sessionsPerLane, AddExecutionProviders);

    private string FindLibraries(IReadOnlyDictionary<string, string> options, out NativeDependencies dependencies)
    {
        var named = options.FirstOrDefault(static option => string.Equals(option.Key, GpuLibraries.DirectoryOption, StringComparison.OrdinalIgnoreCase)).Value;
        string[] providers = [.. ProviderLibraries.Select(GpuLibraries.FileName)];
        var package = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(GetType().Assembly.Location)!, "..", PackagePlugin));
        var directory = GpuLibraries.Find(
            named,
            [package, Path.Combine(package, "runtimes", OrtLibrary.Platform, "native")],
            [OrtLibrary.FileName, GpuLibraries.FileName("onnxruntime_providers_shared"), .. providers]);
        dependencies = new NativeDependencies(directory);
        foreach (var provider in providers)
        {
            dependencies.LoadNeededBy(provider);
        }

        // Not in the list of what is needed: loaded by name when a model first has a use for it.
        dependencies.LoadIfHere("libcudnn.so.*");
        GpuLibraries.ThrowIfMissing(directory, dependencies.Missing);
        return directory;
    }
}
