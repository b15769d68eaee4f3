using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Simulation;

namespace Camshaft.Engine.Tests.Scheduling.Simulation;

public sealed class GoodputTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Under_capacity_less_than_one_in_a_hundred_is_missed_that_a_clairvoyant_schedule_meets(int seed)
    {
        var scenario = Scenario.Mixed(load: 0.9, seconds: 10, seed);

        var requests = scenario.Run(seed: seed).Requests;
        var isMet = scenario.MakeClairvoyant().IsMet;

        for (var model = 0; model < scenario.Models.Count; model++)
        {
            var met = requests.Where((request, i) => isMet[i] && request.Arrival.Model == model).ToList();
            Assert.True(met.Count > 100);
            Assert.InRange((double)met.Count(static request => request.End != RequestEnd.InTime) / met.Count, 0, 0.01);
        }
    }

    [Theory]
    [InlineData(1.2)]
    [InlineData(1.5)]
    [InlineData(2)]
    public void Over_capacity_the_device_still_does_95_percent_of_what_any_schedule_could(double load)
    {
        var scenario = Scenario.Mixed(load, seconds: 10, seed: 1);

        ExpectGoodput(scenario, seconds: 10);
    }

    [Theory]
    [InlineData(1.2)]
    [InlineData(2)]
    public void Over_capacity_batches_stay_full(double load)
    {
        var scenario = new Scenario();
        scenario.Add(Scenario.VoiceActivity, load * 43_000, seconds: 2, seed: 1);

        ExpectGoodput(scenario, seconds: 2);
    }

    [Theory]
    [InlineData(1.2)]
    [InlineData(2)]
    public void Lanes_at_full_speed_are_used_as_well(double load)
    {
        var scenario = new Scenario { Device = new SimulatedDevice(2, HasClasses: false) };
        scenario.Add(Scenario.Model("a", 50, (1, 2.1), (64, 8.4)), load * 7_500, seconds: 5, seed: 1);
        scenario.Add(Scenario.Model("b", 100, (1, 4.1), (64, 16.6)), load * 3_800, seconds: 5, seed: 2);

        ExpectGoodput(scenario, seconds: 5);
    }

    [Fact]
    public void Bursts_leave_95_percent_of_what_a_clairvoyant_schedule_reaches()
    {
        var scenario = Scenario.Mixed(load: 1.5, seconds: 10, seed: 1, variation: 3);

        Assert.InRange(scenario.Run().GetUsefulTicks(scenario.Plans) / scenario.MakeClairvoyant().UsefulTicks, 0.95, 1);
    }

    [Fact]
    public void Other_policies_collapse_where_this_one_does_not()
    {
        var scenario = Scenario.Mixed(load: 1.5, seconds: 5, seed: 1);
        var useful = scenario.Run().GetUsefulTicks(scenario.Plans);

        Assert.InRange(scenario.Run(new SizeClassPolicy()).GetUsefulTicks(scenario.Plans), 0, useful * 0.7);
        Assert.InRange(scenario.Run(new FifoPolicy()).GetUsefulTicks(scenario.Plans), 0, useful * 0.7);
    }

    [Fact]
    public void After_an_overload_everything_is_in_time_again()
    {
        var scenario = Scenario.Mixed(load: 0.6, seconds: 10, seed: 1);
        for (var model = 0; model < scenario.Models.Count; model++)
        {
            scenario.AddArrivals(model, scenario.Arrivals.Count(arrival => arrival.Model == model) / 10.0 * 2, seconds: 3, seed: 50 + model, startSeconds: 3);
        }

        var requests = scenario.Run().Requests;

        // The overload is there, and over half a second after its end.
        Assert.Contains(requests, static request => request.End is RequestEnd.Dropped or RequestEnd.Refused);
        var after = requests.Where(static request => request.Arrival.Time > 6.5 * Scenario.Second).ToList();
        Assert.True(after.Count > 1000);
        Assert.All(after, static request => Assert.Equal(RequestEnd.InTime, request.End));
    }

    [Fact]
    public void A_seed_gives_one_outcome()
    {
        static SimulationResult Simulate(int seed) => Scenario.Mixed(load: 1.2, seconds: 2, seed).Run(seed: seed);

        Assert.Equal(Simulate(1).Requests, Simulate(1).Requests);
        Assert.Equal(Simulate(1).Runs, Simulate(1).Runs);
        Assert.NotEqual(Simulate(1).Requests, Simulate(2).Requests);
    }

    private static void ExpectGoodput(Scenario scenario, double seconds)
    {
        var useful = scenario.Run().GetUsefulTicks(scenario.Plans);

        // The bound lies above the capacity by what is worked off after the last arrival.
        Assert.InRange(useful / scenario.MakeClairvoyant().UsefulTicks, 0.95, 1);
        Assert.InRange(useful / (scenario.Device.Cores * seconds * Scenario.Second), 0.95, 1.05);
    }
}
