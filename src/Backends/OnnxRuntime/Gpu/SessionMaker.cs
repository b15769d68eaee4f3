using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>Makes sessions of one model on one GPU. Any thread.</summary>
/// <param name="environment">The library.</param>
/// <param name="loader">Loads files.</param>
/// <param name="source">The model.</param>
/// <param name="configuration">What it states.</param>
/// <param name="share">Its part of the GPU.</param>
/// <param name="sessionsPerLane">How many sessions a lane may have at the same time.</param>
/// <param name="addProviders">Adds the execution providers.</param>
internal sealed class SessionMaker(
    OrtEnvironment environment, SessionLoader loader, ModelSource source, SessionConfiguration configuration, IAcceleratorShare share, int sessionsPerLane, Action<GpuSession> addProviders)
{
    private readonly int _ordinal = share.Ordinal;
    private readonly long _arenaByteSizeLimit = ProviderPlan.DivideMemory(share.Terms, sessionsPerLane);

    /// <summary>The library.</summary>
    public OrtEnvironment Environment => environment;

    /// <summary>The model.</summary>
    public ModelSource Source => source;

    /// <summary>Makes a session. The caller owns it.</summary>
    /// <param name="stream">The stream that it enqueues on; 0 = one of its own.</param>
    /// <param name="tensorRt">How TensorRT runs the model; null = CUDA alone does.</param>
    /// <param name="cancellationToken">Ends it early, where ONNX Runtime looks.</param>
    /// <exception cref="BackendException">ONNX Runtime cannot run the model so.</exception>
    public OrtHandle Create(nint stream, TensorRtPlan? tensorRt, CancellationToken cancellationToken)
    {
        using var options = new OrtSessionOptions(environment, source, configuration);
        addProviders(new GpuSession(environment.Api, options, configuration, new GpuPlace(_ordinal, stream, _arenaByteSizeLimit, tensorRt), source.ToString()));
        return loader.CreateSession(source, source.FilePath, options, cancellationToken);
    }
}
