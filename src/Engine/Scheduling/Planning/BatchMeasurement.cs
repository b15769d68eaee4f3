namespace Camshaft.Engine.Scheduling.Planning;

/// <summary>How long runs of one batch size take, in ticks of the engine's clock, on a thread that has a processor to itself.</summary>
/// <param name="Rows">The rows of the batch, 1 or more.</param>
/// <param name="CpuTicks">The device time of a run, on processors the thread's CPU time: median.</param>
/// <param name="WallTicks">Its length: median.</param>
/// <param name="SlowWallTicks">Its length: 95th percentile.</param>
public readonly record struct BatchMeasurement(int Rows, long CpuTicks, long WallTicks, long SlowWallTicks);
