using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>The device of a simulation.</summary>
/// <param name="Cores">How many runs it carries at full speed.</param>
/// <param name="HasClasses">
/// Whether it has short, medium and long lanes, each as many as it has cores, that share them; otherwise its lanes are alike.
/// </param>
/// <param name="LanesPerCore">Without classes: how many lanes there are for each core; they share it.</param>
public sealed record SimulatedDevice(int Cores, bool HasClasses = true, int LanesPerCore = 1)
{
    /// <summary>The classes of its lanes.</summary>
    public IReadOnlyList<LaneClass> LaneClasses => HasClasses ? [LaneClass.Short, LaneClass.Medium, LaneClass.Long] : [LaneClass.Any];

    /// <summary>How many lanes a class has.</summary>
    public int LanesPerClass => HasClasses ? Cores : Cores * LanesPerCore;
}
