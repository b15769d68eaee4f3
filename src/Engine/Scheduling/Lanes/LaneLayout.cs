using Camshaft.Engine.Scheduling.Policies;

namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>The lanes of a device: which classes it has, and how many lanes of each.</summary>
/// <param name="Cores">How many runs the device carries at full speed: on processors the cores, elsewhere the lanes. 1 or more.</param>
/// <param name="HasClasses">Whether short, medium and long runs have lanes of their own; otherwise all lanes are alike.</param>
/// <param name="LanesPerClass">How many lanes there are of each class, or in all where there are none; 1 or more.</param>
public sealed record LaneLayout(int Cores, bool HasClasses, int LanesPerClass)
{
    /// <summary>What the names of the lanes begin with, where others of the same device have the same.</summary>
    public string NamePrefix { get; init; } = "";

    /// <summary>Lanes that run anything.</summary>
    public static LaneLayout Alike(int lanes) => new(lanes, HasClasses: false, lanes);

    /// <summary>The lanes of processors.</summary>
    /// <param name="cores">How many processors the process may use.</param>
    /// <param name="policy">Who decides what runs on them.</param>
    public static LaneLayout ForProcessors(int cores, ISchedulingPolicy policy) => policy.UsesLaneClasses
        ? new LaneLayout(cores, HasClasses: true, cores)

        // Twice the processors: with no more lanes than processors a short run waits for a long one to end, which took a
        // 25 µs model to a median of 9 ms; the operating system shares the processors between runs better than that.
        : new LaneLayout(cores, HasClasses: false, cores * 2);

    /// <summary>The classes, those first whose runs are quickest.</summary>
    public ReadOnlySpan<LaneClass> Classes => HasClasses ? [LaneClass.Short, LaneClass.Medium, LaneClass.Long] : [LaneClass.Any];
}
