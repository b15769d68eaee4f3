using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Reporting;
using Camshaft.EngineBenchmark.Targets;
using Camshaft.Load;
using Camshaft.Load.Arrivals;
using Camshaft.Load.Targets;

namespace Camshaft.EngineBenchmark.Overload;

/// <summary>
/// Five models with objectives and more requests than can be answered: goodput of the policies on the same arrivals, beside
/// that of a clairvoyant schedule. Steps: (1) engines; (2) capacity; (3) arrivals, drawn once; (4) every contender on them, and
/// the generator alone; (5) the bounds.
/// </summary>
internal sealed class OverloadPart : IPart
{
    private const double WarmUpScale = 0.5;

    private static readonly double[] PoissonFactors = [0.9, 1.2, 1.5, 2];
    private static readonly double[] BurstFactors = [0.9, 1.5];

    public string Name => "overload";

    public async Task<PartReport> RunAsync(Workbench workbench)
    {
        var options = workbench.Options;
        var progress = workbench.Progress;
        var seconds = options.Duration.TotalSeconds;
        var repository = workbench.CreateRepository(Name);
        foreach (var model in MixModel.All)
        {
            repository.Add(model.Name, $"slo: {{ latency: {model.Slo.TotalMilliseconds}ms }}\n{RealModel.GetConfiguration(model.Name)}");
        }

        // (1)
        progress.Begin("overload: starting engines");
        await using var fifo = await workbench.StartEngineAsync(repository, Policies.Fifo).ConfigureAwait(false);
        await using var deadline = await workbench.StartEngineAsync(repository, Policies.Deadline).ConfigureAwait(false);
        await using var nothing = new NullTarget();
        var judged = await OpenAsync(Policies.Deadline, deadline).ConfigureAwait(false);
        var alone = await OpenAsync("generator alone", nothing).ConfigureAwait(false);
        Contender[] contenders =
        [
            await OpenAsync(Policies.Fifo, fifo).ConfigureAwait(false),
            await OpenAsync("fifo, timeout = objective", fifo, hasTimeouts: true).ConfigureAwait(false),
            judged,
        ];

        // (2)
        foreach (var contender in contenders.Append(alone))
        {
            progress.Begin($"overload: warming up {contender.Name}");
            await contender.WarmUpAsync(WarmUpScale, options.WarmUp, progress).ConfigureAwait(false);
        }

        var profiles = MeasuredProfiles.Of(deadline);
        var guess = 0.7 * Environment.ProcessorCount / EstimateLoad(profiles);
        progress.Begin("overload: capacity");
        var capacity = options.Capacity ?? await judged.FindCapacityAsync(guess, options.Duration / 2, options.IsQuick ? 0.3 : 0.03, progress).ConfigureAwait(false);
        if (capacity == 0)
        {
            throw new LoadException("No rate was found at which every model keeps its objective; is the machine busy otherwise? --capacity says what to take.");
        }

        // (3), (4), (5)
        var results = new List<OverloadResult>();
        foreach (var overload in CreateCases(options, capacity, seconds))
        {
            var runs = new List<OverloadRun>();
            foreach (var contender in contenders)
            {
                progress.Begin($"overload: {overload.Name}, {contender.Name}");
                runs.Add(await contender.RunAsync(overload, progress).ConfigureAwait(false));
            }

            progress.Begin($"overload: {overload.Name}, {alone.Name}");
            var generator = (await alone.RunAsync(overload, progress).ConfigureAwait(false)).Processors.Own;
            results.Add(new OverloadResult(overload, runs, generator, seconds, profiles, options.Seed));
        }

        return OverloadReport.Create(capacity, results);

        Task<Contender> OpenAsync(string name, ITarget target, bool hasTimeouts = false) => Contender.OpenAsync(name, target, hasTimeouts, seconds);
    }

    private static double EstimateLoad(MeasuredProfiles profiles)
    {
        var bound = new OverloadBound(profiles, [], Environment.ProcessorCount, Environment.ProcessorCount, seed: 0);
        return MixModel.All.Select((model, i) => model.Rate * bound.GetPrice(i)).Sum();
    }

    private static IEnumerable<OverloadCase> CreateCases(BenchmarkOptions options, double capacity, double seconds)
    {
        foreach (var factor in PoissonFactors)
        {
            yield return OverloadCase.Random(capacity, factor, variation: 1, seconds, options.Seed);
        }

        foreach (var factor in BurstFactors)
        {
            yield return OverloadCase.Random(capacity, factor, variation: 3, seconds, options.Seed);
        }

        if (File.Exists(options.Trace))
        {
            yield return OverloadCase.Replay(ArrivalTrace.Read(options.Trace), capacity, seconds, options.Seed);
        }
    }
}
