using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>A session for a lane of a GPU while it is made; where a plugin adds its execution providers, the preferred one first.</summary>
public sealed class GpuSession
{
    private readonly OrtApiTable _api;
    private readonly OrtSessionOptions _options;
    private readonly SessionConfiguration _configuration;
    private readonly GpuPlace _place;
    private readonly string _subject;

    internal GpuSession(OrtApiTable api, OrtSessionOptions options, SessionConfiguration configuration, GpuPlace place, string subject)
    {
        _api = api;
        _options = options;
        _configuration = configuration;
        _place = place;
        _subject = subject;
    }

    /// <summary>Whether TensorRT is to run what it can; otherwise CUDA serves alone, while TensorRT builds for example.</summary>
    public bool UsesTensorRt => _place.TensorRt is not null;

    internal GpuPlace Place => _place;

    /// <summary>Adds the CUDA execution provider, on the lane's compute stream.</summary>
    /// <exception cref="BackendException">ONNX Runtime refuses.</exception>
    public void AppendCuda() =>
        NativeProvider.AppendCuda(_api, _options.Handle.Value, ProviderPlan.ForCuda(_configuration, _place.Ordinal, _place.ArenaByteSizeLimit), _place.ComputeStream, _subject);

    /// <summary>Adds the TensorRT execution provider, on the lane's compute stream. Only where <see cref="UsesTensorRt"/>.</summary>
    /// <exception cref="BackendException">ONNX Runtime refuses.</exception>
    public void AppendTensorRt() => NativeProvider.AppendTensorRt(
        _api,
        _options.Handle.Value,
        ProviderPlan.ForTensorRt(_configuration, _place.Ordinal, _place.TensorRt ?? throw new InvalidOperationException("This session runs without TensorRT.")),
        _place.ComputeStream,
        _subject);
}
