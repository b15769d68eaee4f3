using System.Globalization;

namespace Camshaft.Engine.Batching;

/// <summary>Whether a model's requests join, up to how many rows, and why.</summary>
/// <param name="MaxRows">The most rows of a batch; 1 = requests run alone.</param>
/// <param name="Reason">For people.</param>
public sealed record BatchDecision(int MaxRows, string Reason)
{
    // Below it the way through a queue costs more than the run: such a request is done where it arrives.
    private static readonly TimeSpan ShortRun = TimeSpan.FromMicroseconds(50);

    // Waiting for each other has its price; a gain must be worth it, and the last rows of a large batch too.
    private const double LeastGain = 1.15;
    private const double NearlyBest = 0.95;

    /// <summary>Decides.</summary>
    /// <param name="obstacle">Why requests cannot join; null when they can.</param>
    /// <param name="configured">What the model's configuration says; null = nothing.</param>
    /// <param name="costs">What runs were measured to take, by rows ascending; the first of one row.</param>
    public static BatchDecision Make(string? obstacle, int? configured, IReadOnlyList<RunCost> costs)
    {
        if (obstacle is not null)
        {
            return new BatchDecision(1, obstacle);
        }

        if (configured is { } rows)
        {
            return new BatchDecision(rows, "as configured");
        }

        if (costs is not [var one, .., _])
        {
            return new BatchDecision(1, "not measured");
        }

        if (one.Cpu < ShortRun)
        {
            return new BatchDecision(1, string.Create(CultureInfo.InvariantCulture, $"a run takes {one.Cpu.TotalMicroseconds:F0} µs, less than joining"));
        }

        var best = costs.Max(cost => GetGain(one, cost));
        var chosen = costs.First(cost => GetGain(one, cost) >= best * NearlyBest);
        var gain = string.Create(CultureInfo.InvariantCulture, $"{GetGain(one, chosen):F2} times as many rows a second at {chosen.Rows} as at 1");
        return best >= LeastGain && chosen.Rows > 1
            ? new BatchDecision(chosen.Rows, gain)
            : new BatchDecision(1, string.Create(CultureInfo.InvariantCulture, $"joining gains too little: {best:F2} times as many rows a second at best"));
    }

    private static double GetGain(in RunCost one, in RunCost cost) => one.Cpu * cost.Rows / cost.Cpu;
}
