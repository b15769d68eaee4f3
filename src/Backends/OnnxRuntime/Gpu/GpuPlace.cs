namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>Where a session runs.</summary>
/// <param name="Ordinal">The GPU.</param>
/// <param name="ComputeStream">The lane's stream.</param>
/// <param name="ArenaByteSizeLimit">How many bytes of the GPU's memory the session's arena may take.</param>
/// <param name="Engines">Where TensorRT keeps what it builds; null = nowhere.</param>
internal sealed record GpuPlace(int Ordinal, nint ComputeStream, long ArenaByteSizeLimit, EnginePlace? Engines);
