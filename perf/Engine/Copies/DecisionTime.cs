using System.Diagnostics;
using Camshaft.EngineBenchmark.Measuring;
using Camshaft.Microbenchmarks;

namespace Camshaft.EngineBenchmark.Copies;

/// <summary>How long one decision of each policy takes with a hundred models that all have requests waiting; the microbenchmark's code.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="DecideMicroseconds">A decision for a free lane, booked and accounted.</param>
/// <param name="AdmitMicroseconds">The admission of a request.</param>
internal sealed record DecisionTime(string Policy, double DecideMicroseconds, double AdmitMicroseconds)
{
    // Half a millisecond at most, so that a round is seldom cut by another process's turn.
    private const int Calls = 500;

    public static IReadOnlyList<DecisionTime> Measure(bool isQuick) => [.. PolicyBenchmarks.Policies.Select(policy =>
    {
        var benchmark = new PolicyBenchmarks { Policy = policy };
        benchmark.SetUp();
        var rounds = isQuick ? 501 : 5001;
        return new DecisionTime(policy, Time(rounds, () => benchmark.Decide()), Time(rounds, () => benchmark.Admit()));
    })];

    // The median of rounds: on a shared machine a neighbour spoils some of them.
    private static double Time<T>(int rounds, Func<T> call) => Statistics.Median(Enumerable.Range(0, rounds), _ =>
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Calls; i++)
        {
            call();
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / Calls;
    });
}
