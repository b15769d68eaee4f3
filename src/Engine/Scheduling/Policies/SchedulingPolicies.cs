namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>The policies by the names that configurations have for them.</summary>
public static class SchedulingPolicies
{
    /// <summary>The policy of those who ask for none.</summary>
    public const string Default = "deadline";

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } = ["fifo", "size_class", Default];

    /// <summary>Makes a policy for one device.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="ticksPerSecond">The frequency of the engine's clock.</param>
    /// <exception cref="ArgumentException">No policy has that name.</exception>
    public static ISchedulingPolicy Create(string name, long ticksPerSecond) => name switch
    {
        "fifo" => new FifoPolicy(),
        "size_class" => new SizeClassPolicy(),
        Default => new DeadlinePolicy(ticksPerSecond),
        _ => throw new ArgumentException($"'{name}' is no scheduling policy; there are {string.Join(", ", Names)}.", nameof(name)),
    };
}
