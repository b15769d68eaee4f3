using Camshaft.Engine.Scheduling.Simulation;
using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Overload;
using Camshaft.Load.Arrivals;
using Camshaft.Testing;

namespace Camshaft.EngineBenchmark.Tests;

public sealed class OverloadCaseTests
{
    private const double Seconds = 20;

    [Fact]
    public void A_trace_comes_at_the_mean_rate_of_the_capacity_again_and_again()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("trace.csv", "0\n1\n2\n3\n99\n"u8);

        var arrivals = OverloadCase.Replay(ArrivalTrace.Read(file), capacity: 2, Seconds, seed: 1).Arrivals;

        Assert.Equal(MixModel.All.Sum(static model => model.Rate) * 2 * Seconds, arrivals.Length, tolerance: 5);
        Assert.Equal(arrivals.Select(static arrival => arrival.Time).Order(), arrivals.Select(static arrival => arrival.Time));
        Assert.All(MixModel.All.Index(), model => Assert.InRange(arrivals.Count(arrival => arrival.Model == model.Index) / (model.Item.Rate * 2 * Seconds), 0.85, 1.15));
    }

    [Fact]
    public void A_models_plan_has_its_arrivals_and_no_others()
    {
        var overload = OverloadCase.Random(capacity: 1, factor: 1.5, variation: 3, Seconds, seed: 1);

        var plan = overload.Plan(model: 3, Seconds);

        var expected = overload.Arrivals.Where(static arrival => arrival.Model == 3).Select(static arrival => arrival.Time / (double)DeviceSimulation.TicksPerSecond).ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, plan.Moments.Select(static moment => moment.TotalSeconds), (one, other) => Math.Abs(one - other) < 1e-6);
        Assert.All(plan.Moments, moment => Assert.True(moment < plan.Length));
    }

    [Fact]
    public void Planned_arrivals_start_anew_for_each_run()
    {
        var planned = new PlannedArrivals([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], TimeSpan.FromSeconds(4));

        Assert.Equal(planned.Moments, Read(planned.Start(new Random(1))));
        Assert.Equal(planned.Moments, Read(planned.Start(new Random(2))));
        Assert.Equal(0.5, planned.Rate);
    }

    private static IEnumerable<TimeSpan> Read(IArrivalProcess process)
    {
        while (process.TryGetNext(out var moment))
        {
            yield return moment;
        }
    }
}
