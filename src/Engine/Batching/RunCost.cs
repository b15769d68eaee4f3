namespace Camshaft.Engine.Batching;

/// <summary>What a run of so many rows takes, as measured.</summary>
/// <param name="Rows">The rows of the batch.</param>
/// <param name="Cpu">The processor time of its thread, the median of some runs; for other devices the time that passed.</param>
/// <param name="Wall">The time that passed, less what its thread waited for a processor where that is known; the median.</param>
public readonly record struct RunCost(int Rows, TimeSpan Cpu, TimeSpan Wall);
