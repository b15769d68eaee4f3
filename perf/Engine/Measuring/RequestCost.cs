using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Targets;
using Camshaft.Load.Plans;
using Camshaft.Load.Running;

namespace Camshaft.EngineBenchmark.Measuring;

/// <summary>Measures what a request to each model costs.</summary>
internal static class RequestCost
{
    /// <summary>Asks one model after the other, one request at a time, for a while.</summary>
    /// <returns>This process's processor time for a request, in seconds, by model: the run, the way there and back, and the caller.</returns>
    public static async Task<Dictionary<string, double>> MeasureAsync(EngineTarget engine, Workbench workbench)
    {
        var costs = new Dictionary<string, double>();
        foreach (var model in MixModel.All)
        {
            workbench.Progress.Begin($"cost of a request to {model.Name}");
            var plan = new LoadPlan([model.Load(new ClosedLoop(1))]) { WarmUp = workbench.Options.WarmUp, Duration = workbench.Options.WarmUp };
            var generator = await LoadGenerator.OpenAsync(engine, plan, CancellationToken.None).ConfigureAwait(false);
            await generator.RunAsync(plan, workbench.Progress, CancellationToken.None).ConfigureAwait(false);
            var report = await generator.RunAsync(plan with { WarmUp = TimeSpan.Zero }, workbench.Progress, CancellationToken.None).ConfigureAwait(false);
            costs[model.Name] = report.Generator.ProcessorsUsed / report.Models[0].ThroughputPerSecond;
        }

        return costs;
    }
}
