namespace Camshaft.Transport.Metrics;

/// <summary>What the machine's processors and memory do; null where the system does not tell.</summary>
/// <param name="Utilization">The part of the processors' time, 0 to 1, that was used since the reading before.</param>
/// <param name="TotalMemory">The machine's memory, in bytes.</param>
/// <param name="UsedMemory">What of it is not available, in bytes.</param>
internal sealed record ProcessorReading(double? Utilization, double? TotalMemory, double? UsedMemory);
