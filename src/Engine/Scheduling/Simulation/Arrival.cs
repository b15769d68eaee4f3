namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>A request that comes to a simulated device.</summary>
/// <param name="Time">When, in ticks from the start.</param>
/// <param name="Model">For which model, by its place.</param>
/// <param name="Rows">With how many rows.</param>
public readonly record struct Arrival(long Time, int Model, int Rows = 1);
