using Camshaft.Engine.Batching;
using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Overload;

namespace Camshaft.EngineBenchmark.Tests;

public sealed class OverloadBoundTests
{
    private const double Seconds = 10;
    private const int Seed = 1;

    // Together 0.93 of a processor's time at scale 1.
    private static readonly MeasuredProfiles Profiles = new([.. new[] { 25, 60, 1200, 3700, 41_000 }.Select(static microseconds => Cost(microseconds))], queueLimit: 1024);

    [Fact]
    public void A_request_is_worth_the_same_whatever_others_leave()
    {
        var (all, half) = (CreateBound(load: 0.1, left: 2), CreateBound(load: 0.1, left: 1));

        Assert.All(Enumerable.Range(0, MixModel.All.Count), model => Assert.Equal(all.GetPrice(model), half.GetPrice(model), 6));
        Assert.Equal(0.041, all.GetPrice(4), 6);
    }

    [Fact]
    public void Whoever_has_half_of_the_processors_gets_half_of_what_is_too_much_done()
    {
        var (all, half) = (CreateBound(load: 6, left: 2), CreateBound(load: 6, left: 1));

        Assert.InRange(all.Seconds, 2 * Seconds * 0.99, 2 * Seconds * 1.05);
        Assert.InRange(half.Seconds / all.Seconds, 0.49, 0.51);
        Assert.True(half.MetCount < all.MetCount);
    }

    [Fact]
    public void What_is_not_too_much_is_met_on_what_is_left()
    {
        var overload = CreateCase(load: 0.5);

        var bound = new OverloadBound(Profiles, overload.Arrivals, processors: 2, processorsLeft: 1, Seed);

        Assert.Equal(overload.Arrivals.Length, bound.MetCount);
        Assert.Equal(overload.Arrivals.Sum(arrival => bound.GetPrice(arrival.Model)), bound.Seconds, 3);
        Assert.InRange(bound.SimulatedCount, overload.Arrivals.Length * 0.99, overload.Arrivals.Length);
    }

    private static OverloadBound CreateBound(double load, double left) => new(Profiles, CreateCase(load).Arrivals, processors: 2, left, Seed);

    private static OverloadCase CreateCase(double load) => OverloadCase.Random(capacity: 1, load, variation: 1, Seconds, Seed);

    private static (RunCost[] Costs, int MaxRows) Cost(int microseconds) => ([new RunCost(1, TimeSpan.FromMicroseconds(microseconds), TimeSpan.FromMicroseconds(microseconds))], 1);
}
