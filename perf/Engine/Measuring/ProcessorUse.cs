namespace Camshaft.EngineBenchmark.Measuring;

/// <summary>How many processors were kept busy, on average over some time.</summary>
/// <param name="Own">By this process.</param>
/// <param name="Lanes">By the engine's lanes, a part of <paramref name="Own"/>: runs of models and what is decided between them.</param>
/// <param name="Others">By other processes, the kernel on its own behalf, and the host.</param>
internal readonly record struct ProcessorUse(double Own, double Lanes, double Others);
