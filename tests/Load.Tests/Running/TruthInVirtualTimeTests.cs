using Camshaft.Load.Plans;
using Camshaft.Load.Reporting;
using Camshaft.Load.Running;
using Camshaft.Load.Searching;
using Camshaft.Load.Targets;
using Camshaft.Load.Tests.Support;

namespace Camshaft.Load.Tests.Running;

/// <summary>What the generator reports of servers whose latencies are known from a formula, in virtual time: within 2 % of the truth.</summary>
public sealed class TruthInVirtualTimeTests
{
    private const long Second = 1_000_000_000;
    private const double Accuracy = 0.02;

    private readonly VirtualClock _clock = new();

    [Fact]
    public async Task Percentiles_of_a_server_with_stalls_are_those_of_its_formula()
    {
        const double mean = 0.01;
        const double period = 60;
        const double stall = 2;
        var random = new Random(7);
        var target = new VirtualTarget(_clock, now => Math.Max(now, EndOfStall(now)) + Distribution.DrawExponential(random, mean));
        var plan = new LoadPlan([new ModelLoad("m", new PoissonRate(1000)) { MaxInFlight = 100_000 }]) { WarmUp = TimeSpan.FromSeconds(period), Duration = TimeSpan.FromSeconds(20 * period) };

        var model = await RunAsync(target, plan);

        Assert.Equal((0L, 0L), (model.Failed, model.HeldBack));
        AssertClose(model.Latency, ShareLonger, 50, 90, 95, 99, 99.9);

        static long EndOfStall(long now) => now % (long)(period * Second) is var into && into < stall * Second ? now - into + (long)(stall * Second) : now;

        // One in thirty requests comes during a stall and waits for the rest of it, which is evenly distributed.
        static double ShareLonger(double time)
        {
            var waited = time < stall
                ? (stall - time + (mean * (1 - Math.Exp(-time / mean)))) / stall
                : mean * (Math.Exp(-(time - stall) / mean) - Math.Exp(-time / mean)) / stall;
            return ((1 - (stall / period)) * Math.Exp(-time / mean)) + (stall / period * waited);
        }
    }

    [Fact]
    public async Task Waiting_for_a_slow_server_is_part_of_the_latency_although_the_request_is_sent_later()
    {
        // One request at a time to a server that takes exponential times, 100 a second on average: with arrivals by Poisson
        // this is the queue M/M/1, whose time from arrival to answer is exponential too.
        const double served = 100;
        const double arriving = 50;
        var random = new Random(11);
        var target = new VirtualTarget(_clock, now => now + Distribution.DrawExponential(random, 1 / served));
        var plan = new LoadPlan([new ModelLoad("m", new PoissonRate(arriving)) { MaxInFlight = 1, Slo = TimeSpan.FromMilliseconds(40) }]) { Duration = TimeSpan.FromSeconds(30_000) };

        var model = await RunAsync(target, plan);

        AssertClose(model.Latency, static time => Math.Exp(-(served - arriving) * time), 50, 90, 95, 99, 99.9);
        AssertClose(model.ResponseTime, static time => Math.Exp(-served * time), 50, 90, 95, 99, 99.9);
        Assert.Equal(1 - Math.Exp(-(served - arriving) * 0.04), model.GoodputPerSecond!.Value / model.OfferedPerSecond, Accuracy);
        Assert.Equal(arriving / served, (double)model.HeldBack / model.Requests, Accuracy);
    }

    [Fact]
    public async Task The_search_finds_the_highest_rate_that_a_queue_bears()
    {
        // For M/M/1 the 99th percentile is ln 100 over what is left of the server's rate.
        const double served = 1000;
        var random = new Random(13);
        var target = new VirtualTarget(_clock, now => now + Distribution.DrawExponential(random, 1 / served));
        var plan = new LoadPlan([new ModelLoad("m", new PoissonRate(100)) { MaxInFlight = 1, Slo = TimeSpan.FromMilliseconds(20) }]) { Duration = TimeSpan.FromSeconds(200) };
        var generator = await LoadGenerator.OpenAsync(target, plan, _clock, CancellationToken.None);

        var found = await new MaxRateSearch(generator, plan) { Tolerance = 0.02 }.RunAsync(null, null, CancellationToken.None);

        var truth = served - (Math.Log(100) / 0.02);
        Assert.InRange(found.MaxRates[0].PerSecond, truth * 0.93, truth * 1.05);
        Assert.True(found.Best!.Models[0].MeetsSlo);
        Assert.Contains(found.Steps, static step => !step.Passed && step.Reasons[0].StartsWith("m: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Errors_are_counted_by_kind_and_are_no_goodput()
    {
        var count = 0;
        var target = new VirtualTarget(_clock, static now => now + 1000) { Result = () => ++count % 4 == 0 ? new SendResult("HTTP 503", "full") : SendResult.Ok };
        var plan = new LoadPlan([new ModelLoad("m", new ConstantRate(100)) { Slo = TimeSpan.FromMilliseconds(1) }]) { Duration = TimeSpan.FromSeconds(100) };

        var model = await RunAsync(target, plan);

        Assert.Equal((10_000L, 7_500L, 2_500L), (model.Requests, model.Answered, model.Failed));
        Assert.Equal(new ErrorReport("HTTP 503", 2_500, "full"), Assert.Single(model.Errors));
        Assert.Equal(2_500, model.ErrorTime.Count);
        Assert.Equal(0.001, model.ErrorTime.P99, 3);
        Assert.Equal((75.0, 75.0, false), (model.GoodputPerSecond, model.ThroughputPerSecond, model.MeetsSlo));
        Assert.All(model.Timeline, static point => Assert.Equal(25, point.ErrorsPerSecond, 1.0));
    }

    [Fact]
    public async Task Requests_that_a_dead_server_keeps_from_being_sent_count_as_failed()
    {
        var target = new VirtualTarget(_clock, static _ => long.MaxValue);
        var plan = new LoadPlan([new ModelLoad("m", new ConstantRate(10)) { MaxInFlight = 8 }]) { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromSeconds(10) };

        var model = await RunAsync(target, plan);

        Assert.Equal((100L, 0L, 100L), (model.Requests, model.Answered, model.Failed));
        Assert.Equal([("not sent", 92L), ("unanswered", 8L)], model.Errors.Select(static error => (error.Kind, error.Count)));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_run()
    {
        var plan = new LoadPlan([new ModelLoad("m", new GammaRate(100, 3))]) { Duration = TimeSpan.FromSeconds(100) };

        var first = await RunAsync(new VirtualTarget(_clock, static now => now + Second), plan);
        var second = await RunAsync(new VirtualTarget(_clock, static now => now + Second), plan);
        var other = await RunAsync(new VirtualTarget(_clock, static now => now + Second), plan with { Seed = 2 });

        Assert.Equal(first.Requests, second.Requests);
        Assert.Equal(first.Timeline, second.Timeline);
        Assert.NotEqual(first.Timeline, other.Timeline);
    }

    private async Task<ModelReport> RunAsync(VirtualTarget target, LoadPlan plan)
    {
        var generator = await LoadGenerator.OpenAsync(target, plan, _clock, CancellationToken.None);
        return (await generator.RunAsync(plan, null, CancellationToken.None)).Models[0];
    }

    private static void AssertClose(LatencyReport report, Func<double, double> shareLonger, params double[] percentiles)
    {
        foreach (var percentile in percentiles)
        {
            var truth = Distribution.FindPercentile(percentile, shareLonger) * 1000;
            var reported = percentile switch { 50 => report.P50, 90 => report.P90, 95 => report.P95, 99 => report.P99, _ => report.P999 };
            Assert.True(Math.Abs(reported - truth) <= Accuracy * truth, $"p{percentile} is reported as {reported:0.###} ms; the truth is {truth:0.###} ms.");
        }
    }
}
