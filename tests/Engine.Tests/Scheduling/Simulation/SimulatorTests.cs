using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Simulation;

namespace Camshaft.Engine.Tests.Scheduling.Simulation;

public sealed class SimulatorTests
{
    private const long Millisecond = Scenario.Millisecond;

    private static readonly SimulatedModel Ten = Scenario.Model("ten", 0, (1, 10)) with { Variation = 0 };

    [Fact]
    public void Runs_beyond_the_cores_share_them()
    {
        // Three runs of 10 ms on two cores, all at once: each gets two thirds of a core.
        var result = DeviceSimulation.Run(new FifoPolicy(), [Ten], [new(0, 0), new(0, 0), new(0, 0)], new SimulatedDevice(2, HasClasses: false, LanesPerCore: 2), seed: 1);

        Assert.All(result.Requests, static request => Assert.InRange(request.EndTime, 15 * Millisecond, (15 * Millisecond) + 10));
    }

    [Fact]
    public void A_short_run_hardly_waits_for_niced_ones()
    {
        var fast = Scenario.Model("fast", 0, (1, 1)) with { Variation = 0 };
        var result = DeviceSimulation.Run(new SizeClassPolicy(), [Ten, fast], [new(0, 0), new(0, 0), new(2 * Millisecond, 1)], new SimulatedDevice(2), seed: 1);

        Assert.InRange(result.Requests[2].LatencyTicks, Millisecond, Millisecond * 1.05);
        Assert.True(result.Requests[0].EndTime > 10.3 * Millisecond);
    }

    [Fact]
    public void Requests_that_wait_share_a_batch()
    {
        var batched = Scenario.Model("batched", 0, (1, 10), (4, 16)) with { Variation = 0, Concurrency = 1 };
        var result = DeviceSimulation.Run(new SizeClassPolicy(), [batched], [.. Enumerable.Repeat(new Arrival(0, 0), 9)], new SimulatedDevice(2), seed: 1);

        Assert.Equal([4, 4, 1], result.Runs.Select(static run => run.Rows));
    }

    [Fact]
    public void A_full_queue_refuses()
    {
        var result = DeviceSimulation.Run(new FifoPolicy(), [Ten with { QueueLimit = 2 }], [.. Enumerable.Repeat(new Arrival(0, 0), 5)], new SimulatedDevice(1, HasClasses: false), seed: 1);

        Assert.Equal(3, result.Count(RequestEnd.Refused));
        Assert.Equal(2, result.Count(RequestEnd.InTime));
    }

    [Fact]
    public void A_policy_that_waits_is_asked_again()
    {
        var waiting = Scenario.Model("waiting", 0, (1, 1), (8, 2)) with { Variation = 0, MaxQueueDelayTicks = 5 * Millisecond };
        var result = DeviceSimulation.Run(new DeadlinePolicy(Scenario.Second), [waiting], [new(0, 0), new(Millisecond, 0)], new SimulatedDevice(1), seed: 1);

        var run = Assert.Single(result.Runs);
        Assert.Equal((2, 5 * Millisecond), (run.Rows, run.Start));
    }

    [Fact]
    public void A_clairvoyant_schedule_gives_up_what_cannot_be_met()
    {
        var model = Ten with { LatencyTicks = 25 * Millisecond };
        var arrivals = Enumerable.Repeat(new Arrival(0, 0), 4).ToArray();
        var schedule = ClairvoyantSchedule.Make([model], DeviceSimulation.Plan([model], new SimulatedDevice(1)), arrivals, cores: 1);

        Assert.Equal([true, true, false, false], schedule.IsMet);
        Assert.Equal(25.0 * Millisecond, schedule.UsefulTicks, precision: 0);
    }

    [Fact]
    public void A_clairvoyant_schedule_takes_the_earlier_deadline_first()
    {
        var loose = Ten with { LatencyTicks = 20 * Millisecond };
        var tight = Ten with { LatencyTicks = 11 * Millisecond };
        var plans = DeviceSimulation.Plan([loose, tight], new SimulatedDevice(1));

        Assert.Equal([true, true], ClairvoyantSchedule.Make([loose, tight], plans, [new(0, 0), new(0, 1)], cores: 1).IsMet);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Arrivals_have_the_rate_and_the_variation_asked_for(double variation)
    {
        var times = ArrivalProcess.Gamma(0, 1000, variation, 200, seed: 7).Select(static arrival => (double)arrival.Time).ToArray();
        var gaps = times.Zip(times.Skip(1), static (first, second) => second - first).ToArray();
        var mean = gaps.Average();

        Assert.InRange(times.Length, 195_000, 205_000);
        Assert.InRange(Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean))) / mean, variation * 0.95, variation * 1.05);
    }
}
