namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>How TensorRT runs a model.</summary>
/// <param name="Engines">Where engines are kept; null = nowhere.</param>
/// <param name="Profile">For which shapes they are; null = it builds one when a session is made or first meets shapes, and others wait meanwhile.</param>
internal sealed record TensorRtPlan(EnginePlace? Engines, OptimizationProfile? Profile);
