namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>An execution provider that runs on GPUs.</summary>
internal enum ProviderKind
{
    /// <summary>The CUDA execution provider.</summary>
    Cuda,

    /// <summary>The TensorRT execution provider.</summary>
    TensorRt,
}
