using Camshaft.Backends;
using Camshaft.Backends.OnnxRuntime;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace OnnxRuntime.Cpu;

/// <summary>Runs ONNX models on the processors.</summary>
public sealed class OnnxRuntimeCpuBackend : OnnxRuntimeBackend
{
    /// <inheritdoc/>
    public override IReadOnlyList<DeviceKind> DeviceKinds { get; } = [DeviceKind.Cpu];
}
