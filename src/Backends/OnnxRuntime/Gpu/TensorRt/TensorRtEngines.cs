using Camshaft.Backends.OnnxRuntime.Native;
using Camshaft.Backends.OnnxRuntime.Preparation;

namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>Finds the place of a model's engines. What goes wrong there costs time at each load, and a line in the log. Any thread.</summary>
internal sealed unsafe class TensorRtEngines
{
    private readonly EngineCache _cache;
    private readonly IBackendLog _log;
    private readonly string _onnxRuntime;
    private readonly int _tensorRt;

    private TensorRtEngines(EngineCache cache, IBackendLog log, string onnxRuntime, int tensorRt)
    {
        _cache = cache;
        _log = log;
        _onnxRuntime = onnxRuntime;
        _tensorRt = tensorRt;
    }

    /// <summary>Opens the cache.</summary>
    /// <returns>Null when the server has none, or it cannot be used.</returns>
    public static TensorRtEngines? Open(BackendContext context, OrtApiTable api, NativeDependencies dependencies)
    {
        if (context.CacheDirectory is not { } path)
        {
            return null;
        }

        try
        {
            // int32_t getInferLibVersion(), of TensorRT; libraries elsewhere than on Linux are not looked at.
            var getVersion = (delegate* unmanaged<int>)dependencies.FindFunction("libnvinfer.so", "getInferLibVersion");
            var cache = new EngineCache(CacheDirectory.Open(path), path, context.CacheByteSizeLimit);
            return new TensorRtEngines(cache, context.Log, api.Version, getVersion is null ? 0 : getVersion());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            context.Log.Write(BackendLogLevel.Warning, $"TensorRT's engines are built anew at each load: {exception.Message}");
            return null;
        }
    }

    /// <summary>Finds or makes the place of a model's engines.</summary>
    /// <returns>Null when they cannot be kept.</returns>
    /// <param name="source">The model.</param>
    /// <param name="configuration">What it states.</param>
    /// <param name="derivedFrom">What shapes are derived from that it does not state; null = nothing.</param>
    /// <param name="share">Its part of the GPU.</param>
    /// <param name="cancellationToken">Gives the load up.</param>
    public EnginePlace? Find(ModelSource source, SessionConfiguration configuration, string? derivedFrom, IAcceleratorShare share, CancellationToken cancellationToken)
    {
        try
        {
            var place = _cache.Open(new EngineIdentity
            {
                ModelHash = _cache.FindHash(source.FilePath, cancellationToken),
                Device = share.Accelerator.Name,
                Driver = new GpuDriver(share.Accelerator).Version,
                TensorRt = _tensorRt,
                OnnxRuntime = _onnxRuntime,
                Options = [.. EngineIdentity.ListOptions(configuration), .. derivedFrom is null ? [] : new[] { derivedFrom }],
            });
            if (place.IsEmpty && configuration.WaitsForTensorRt)
            {
                _log.Write(BackendLogLevel.Information, $"{source}: TensorRT has built nothing for it on '{share.Accelerator.Name}' yet; building can take minutes, during the load and, for variable shapes, the warm-up.");
            }

            return place;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _log.Write(BackendLogLevel.Warning, $"{source}: TensorRT's engines are not kept: {exception.Message}");
            return null;
        }
    }
}
