namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>A run of a simulation.</summary>
/// <param name="Model">Its model, by its place.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Start">When it started.</param>
/// <param name="End">When it ended.</param>
/// <param name="CpuTicks">Its device time.</param>
public readonly record struct RunRecord(int Model, int Rows, long Start, long End, double CpuTicks);
