using Camshaft.Backends;
using Camshaft.Backends.OnnxRuntime;
using Camshaft.Backends.OnnxRuntime.Gpu;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace OnnxRuntime.Cuda;

/// <summary>Runs ONNX models on NVIDIA GPUs with CUDA.</summary>
public sealed class OnnxRuntimeCudaBackend : OnnxRuntimeGpuBackend
{
    /// <inheritdoc/>
    public override string Name => "onnxruntime";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> ProviderLibraries { get; } = ["onnxruntime_providers_cuda"];

    /// <inheritdoc/>
    protected override void AddExecutionProviders(GpuSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.AppendCuda();
    }
}
