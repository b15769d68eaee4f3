using Camshaft.EngineBenchmark.Measuring;
using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Reporting;
using Camshaft.EngineBenchmark.Targets;
using Camshaft.Load.Plans;
using Camshaft.Load.Running;
using Camshaft.Load.Targets;
using Microsoft.ML.OnnxRuntime;

namespace Camshaft.EngineBenchmark.Mixed;

/// <summary>
/// Five models under a load that takes 60 % of the processors: the engine, and sessions without it, in turns and with the
/// same arrivals.
/// </summary>
internal sealed class MixedPart : IPart
{
    private const double TargetLoad = 0.6;

    public string Name => "mixed";

    public async Task<PartReport> RunAsync(Workbench workbench)
    {
        var repository = workbench.CreateRepository(Name);
        foreach (var model in MixModel.All)
        {
            repository.Add(model.Name, RealModel.GetConfiguration(model.Name));
        }

        workbench.Progress.Begin("mixed: starting");
        var prepared = await PreparedModels.PrepareAsync(workbench, MixModel.All.Select(static model => model.Name)).ConfigureAwait(false);
        await using var engine = await workbench.StartEngineAsync(repository).ConfigureAwait(false);
        await using var single = new SessionTarget("prepared, 1 thread", model => prepared[model], CreateSingleThreaded);
        await using var defaults = new SessionTarget("ONNX Runtime's defaults", repository.FindFile, static () => new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR });
        var costs = await RequestCost.MeasureAsync(engine, workbench).ConfigureAwait(false);
        var scale = TargetLoad * Environment.ProcessorCount / MixModel.All.Sum(model => model.Rate * costs[model.Name]);
        var plan = new LoadPlan([.. MixModel.All.Select(model => model.Load(new PoissonRate(model.Rate * scale)))])
        {
            WarmUp = workbench.Options.WarmUp,
            Duration = workbench.Options.Duration,
            Seed = workbench.Options.Seed,
        };
        (string Name, ITarget Target)[] contenders = [("Camshaft", engine), (single.Address, single), (defaults.Address, defaults)];
        var results = await MeasureAsync(plan, contenders, workbench).ConfigureAwait(false);
        return MixedReport.Create(scale, costs, results);
    }

    private static async Task<List<MixedResult>> MeasureAsync(LoadPlan plan, (string Name, ITarget Target)[] contenders, Workbench workbench)
    {
        var generators = new List<LoadGenerator>();
        foreach (var (_, target) in contenders)
        {
            generators.Add(await LoadGenerator.OpenAsync(target, plan, CancellationToken.None).ConfigureAwait(false));
        }

        var results = contenders.Select(static contender => new MixedResult(contender.Name)).ToList();
        for (var round = 0; round < workbench.Options.Rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                workbench.Progress.Begin($"mixed: {contenders[i].Name}, round {round + 1} of {workbench.Options.Rounds}");
                var meter = new ProcessorMeter();
                var report = await generators[i].RunAsync(plan with { Seed = plan.Seed + round }, workbench.Progress, CancellationToken.None).ConfigureAwait(false);
                results[i].Add(report, meter.Read());
            }
        }

        return results;
    }

    private static SessionOptions CreateSingleThreaded() => new()
    {
        IntraOpNumThreads = 1,
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
    };
}
