namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>How TensorRT runs a loaded model. Immutable.</summary>
internal sealed class TensorRtUse(TensorRtPlan plan, ModelSignature signature)
{
    /// <summary>How its sessions are made.</summary>
    public TensorRtPlan Plan => plan;

    /// <summary>Which batches it runs; null = all.</summary>
    public BuiltShapes? Shapes { get; } = plan.Profile is { } profile ? new BuiltShapes(profile, signature) : null;

    /// <summary>Whether CUDA runs the model where TensorRT does not.</summary>
    public bool HasFallback => plan.Profile is not null;
}
