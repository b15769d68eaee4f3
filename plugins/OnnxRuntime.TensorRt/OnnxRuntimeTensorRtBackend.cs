using Camshaft.Backends;
using Camshaft.Backends.OnnxRuntime;
using Camshaft.Backends.OnnxRuntime.Gpu;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace OnnxRuntime.TensorRt;

/// <summary>Runs ONNX models on NVIDIA GPUs with TensorRT, and with CUDA what TensorRT cannot. Only models that name it.</summary>
public sealed class OnnxRuntimeTensorRtBackend : OnnxRuntimeGpuBackend
{
    /// <inheritdoc/>
    public override string Name => "onnxruntime_tensorrt";

    /// <inheritdoc/>
    public override bool RunsOnlyWhenNamed => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> ProviderLibraries { get; } = ["onnxruntime_providers_tensorrt", "onnxruntime_providers_cuda"];

    /// <inheritdoc/>
    protected override bool KeepsEngines => true;

    /// <inheritdoc/>
    protected override void AddExecutionProviders(GpuSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.UsesTensorRt)
        {
            session.AppendTensorRt();
        }

        session.AppendCuda();
    }
}
