using Camshaft.EngineBenchmark.Measuring;
using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Reporting;
using Camshaft.Load.Plans;
using Camshaft.Load.Running;
using Camshaft.Load.Searching;
using Camshaft.Load.Targets;

namespace Camshaft.EngineBenchmark.Overload;

/// <summary>Something that answers the five models' requests, and is given the same arrivals as others.</summary>
internal sealed class Contender
{
    private readonly LoadGenerator _generator;
    private readonly LoadPlan _plan;
    private readonly double _seconds;

    private Contender(string name, LoadGenerator generator, LoadPlan plan, double seconds)
    {
        Name = name;
        _generator = generator;
        _plan = plan;
        _seconds = seconds;
    }

    public string Name { get; }

    /// <summary>Opens the five models.</summary>
    /// <param name="name">Its name in the table.</param>
    /// <param name="target">Where they are; it stays the caller's.</param>
    /// <param name="hasTimeouts">Whether requests tell the target to give up at their objective.</param>
    /// <param name="seconds">How long arrivals come.</param>
    public static async Task<Contender> OpenAsync(string name, ITarget target, bool hasTimeouts, double seconds)
    {
        var plan = new LoadPlan([.. MixModel.All.Select(model => model.Load(new PoissonRate(model.Rate)) with { Slo = model.Slo, Timeout = hasTimeouts ? model.Slo : null })])
        {
            // Nothing that comes after the longest objective is of use.
            Drain = TimeSpan.FromSeconds(1),
        };
        return new Contender(name, await LoadGenerator.OpenAsync(target, plan, CancellationToken.None).ConfigureAwait(false), plan, seconds);
    }

    /// <summary>Finds the highest multiple of the mix at which every model answers 99 % of its requests within its objective.</summary>
    /// <param name="guess">Where to begin.</param>
    /// <param name="duration">How long a step is.</param>
    /// <param name="tolerance">How far, as a share, the answer may lie below the true limit.</param>
    /// <param name="progress">Told of each step.</param>
    /// <returns>The multiple; 0 when there is none.</returns>
    public async Task<double> FindCapacityAsync(double guess, TimeSpan duration, double tolerance, ProgressLine progress)
    {
        var plan = _plan with
        {
            WarmUp = TimeSpan.FromSeconds(1),
            Duration = duration,
            Models = [.. _plan.Models.Select(load => load with { Arrivals = ((OpenLoop)load.Arrivals).Scale(guess) })],
        };
        var search = new MaxRateSearch(_generator, plan) { MaxErrorShare = 0.01, Tolerance = tolerance };
        return guess * (await search.RunAsync(progress, progress, CancellationToken.None).ConfigureAwait(false)).Factor;
    }

    /// <summary>Runs a part of the mix for a while, unmeasured.</summary>
    public Task WarmUpAsync(double scale, TimeSpan duration, ProgressLine progress) => _generator.RunAsync(
        _plan with { WarmUp = TimeSpan.Zero, Duration = duration, Models = [.. _plan.Models.Select(load => load with { Arrivals = ((OpenLoop)load.Arrivals).Scale(scale) })] },
        progress,
        CancellationToken.None);

    /// <summary>Runs a case.</summary>
    public async Task<OverloadRun> RunAsync(OverloadCase overload, ProgressLine progress)
    {
        var arrivals = _plan.Models.Select((_, model) => overload.Plan(model, _seconds)).ToList();
        var plan = _plan with
        {
            WarmUp = TimeSpan.Zero,
            Duration = arrivals[0].Length,
            Models = [.. _plan.Models.Zip(arrivals, static (load, planned) => load with { Arrivals = planned })],
        };
        var meter = new ProcessorMeter();
        var report = await _generator.RunAsync(plan, progress, CancellationToken.None).ConfigureAwait(false);
        return new OverloadRun(
            Name,
            [.. report.Models.Select(model => (long)Math.Round(model.GoodputPerSecond!.Value * report.DurationSeconds))],
            [.. report.Models.Select(static model => model.Requests)],
            [.. report.Models.Select(static model => model.Failed)],
            meter.Read(),
            report.Models.Max(static model => model.SendLateness.P99));
    }
}
