using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>
/// How much longer runs take than was expected of them: the operating system does not divide processors as evenly as a policy
/// reckons, and other processes want them too. Followed for each class of lanes; what half of the runs do not exceed.
/// </summary>
internal sealed class Slowness
{
    // A part of its value up or down: some fifty runs follow a change. That runs differ among themselves is in their profiles.
    private const double Step = 0.025;

    // A machine on which runs take still longer is no matter of scheduling.
    private const double Most = 3;

    private readonly double[] _factors = [1, 1, 1, 1];

    /// <summary>The factor for a class, 1 or more.</summary>
    public double this[LaneClass lane] => _factors[(int)lane];

    /// <summary>Takes in a run.</summary>
    public void Add(LaneClass lane, long expectedTicks, long wallTicks)
    {
        if (expectedTicks > 0)
        {
            ref var factor = ref _factors[(int)lane];
            factor = Math.Clamp(factor * (wallTicks > expectedTicks * factor ? 1 + Step : 1 - Step), 1, Most);
        }
    }
}
