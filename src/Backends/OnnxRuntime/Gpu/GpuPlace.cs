using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>Where a session runs, and by what.</summary>
/// <param name="Ordinal">The GPU.</param>
/// <param name="ComputeStream">The lane's stream; 0 = one of its own.</param>
/// <param name="ArenaByteSizeLimit">How many bytes of the GPU's memory the session's arena may take.</param>
/// <param name="TensorRt">What TensorRT builds and where it keeps that; null = the session runs without TensorRT.</param>
internal sealed record GpuPlace(int Ordinal, nint ComputeStream, long ArenaByteSizeLimit, TensorRtPlan? TensorRt);
