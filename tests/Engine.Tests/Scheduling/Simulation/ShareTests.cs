using Camshaft.Engine.Scheduling.Simulation;

namespace Camshaft.Engine.Tests.Scheduling.Simulation;

public sealed class ShareTests
{
    private const double Seconds = 6;

    private readonly Scenario _scenario = new();

    [Fact]
    public void Models_without_objective_share_a_second_by_weight()
    {
        AddThroughput(Scenario.FaceDetector, weight: 1);
        AddThroughput(Scenario.SqueezeNet, weight: 2);
        AddThroughput(Scenario.Model("other", 0, (1, 5)), weight: 4);

        ExpectShares(_scenario.Run(), 1.0 / 7, 2.0 / 7, 4.0 / 7);
    }

    [Fact]
    public void Overloaded_models_with_objectives_share_a_second_by_weight()
    {
        _scenario.AddSaturated(Scenario.FaceDetector, Seconds, seed: 1);
        _scenario.AddSaturated(Scenario.SqueezeNet with { Weight = 3 }, Seconds, seed: 2);

        ExpectShares(_scenario.Run(), 1.0 / 4, 3.0 / 4);
    }

    [Fact]
    public void Weights_hold_between_short_and_long_models_whatever_the_operating_system_prefers()
    {
        _scenario.AddSaturated(Scenario.Model("short", 20, (1, 0.5)), Seconds, seed: 1);
        _scenario.AddSaturated(Scenario.Model("long", 150, (1, 20)), Seconds, seed: 2);

        ExpectShares(_scenario.Run(), 1.0 / 2, 1.0 / 2);
    }

    [Fact]
    public void What_one_model_does_not_use_the_others_have()
    {
        _scenario.AddSaturated(Scenario.SqueezeNet, Seconds, seed: 1);
        _scenario.Add(Scenario.FaceDetector with { Weight = 9 }, perSecond: 0.1 * 2 / 0.00168, Seconds, seed: 2);

        var result = _scenario.Run();

        Assert.Equal(0, result.Count(RequestEnd.Dropped, 1) + result.Count(RequestEnd.Refused, 1) + result.Count(RequestEnd.Late, 1));
        Assert.InRange(GetShare(result, 0, 1, Seconds - 1), 0.85, 0.93);
    }

    [Fact]
    public void A_minimum_share_is_kept_beside_overloaded_models_with_objectives()
    {
        _scenario.AddSaturated(Scenario.FaceDetector, Seconds, seed: 1);
        _scenario.AddSaturated(Scenario.Model("short", 20, (1, 0.5)), Seconds, seed: 2);
        AddThroughput(Scenario.ResNet, weight: 1, minimumShare: 0.2);

        var result = _scenario.Run();

        Assert.InRange(GetShare(result, 2, 1, Seconds - 1), 0.19, 0.3);
    }

    [Fact]
    public void Nobody_starves_beside_overloaded_models_of_higher_priority()
    {
        _scenario.AddSaturated(Scenario.Mnist with { Priority = 1, Weight = 100 }, Seconds, seed: 1);
        _scenario.AddSaturated(Scenario.SqueezeNet with { Priority = 1, Weight = 100 }, Seconds, seed: 2);
        var served = _scenario.AddSaturated(Scenario.FaceDetector with { Priority = 200, ServesLate = true }, Seconds, seed: 3);
        var first = AddThroughput(Scenario.FaceDetector, weight: 1);
        var second = AddThroughput(Scenario.ResNet, weight: 1);

        var result = _scenario.Run();

        foreach (var model in (int[])[served, first, second])
        {
            var starts = result.Runs.Where(run => run.Model == model && run.Start < Seconds * Scenario.Second).Select(static run => run.Start).Order().ToList();
            Assert.All(starts.Zip(starts.Skip(1)), static pair => Assert.InRange(pair.Second - pair.First, 0, 2 * Scenario.Second));
            Assert.True(starts.Count >= 3);
        }
    }

    [Fact]
    public void A_model_without_objective_takes_only_what_others_leave()
    {
        _scenario.Add(Scenario.SqueezeNet, perSecond: 0.8 * 2 / 0.0037, Seconds, seed: 1);
        var throughput = AddThroughput(Scenario.FaceDetector, weight: 100);

        var result = _scenario.Run();

        Assert.InRange((double)result.Count(RequestEnd.InTime, 0) / result.Requests.Count(static request => request.Arrival.Model == 0), 0.99, 1);
        Assert.InRange(GetShare(result, throughput, 1, Seconds - 1), 0.15, 0.25);
    }

    [Fact]
    public void Short_runs_do_not_wait_for_long_ones()
    {
        var shortModel = _scenario.Add(Scenario.Mnist, perSecond: 200, Seconds, seed: 1);
        AddThroughput(Scenario.ResNet, weight: 1);
        AddThroughput(Scenario.SqueezeNet, weight: 1);

        Assert.InRange(_scenario.Run().GetLatencyTicks(shortModel, 0.99), 0, Scenario.Millisecond / 10);
    }

    private int AddThroughput(SimulatedModel model, double weight, double minimumShare = 0) =>
        _scenario.AddSaturated(model with { LatencyTicks = 0, Weight = weight, MinimumShare = minimumShare }, Seconds, seed: 100 + _scenario.Models.Count);

    // Every second by itself, but for the first, in which queues fill, and the last, after which nothing comes.
    private static void ExpectShares(SimulationResult result, params ReadOnlySpan<double> shares)
    {
        for (var second = 1; second < Seconds - 1; second++)
        {
            for (var model = 0; model < shares.Length; model++)
            {
                Assert.InRange(GetShare(result, model, second, second + 1), shares[model] * 0.95, shares[model] * 1.05);
            }
        }
    }

    private static double GetShare(SimulationResult result, int model, double from, double to)
    {
        var start = (long)(from * Scenario.Second);
        var end = (long)(to * Scenario.Second);
        return result.GetCpuTicks(model, start, end) / (2 * (end - start));
    }
}
