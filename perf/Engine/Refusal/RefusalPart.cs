using Camshaft.EngineBenchmark.Measuring;
using Camshaft.EngineBenchmark.Reporting;
using Camshaft.Load.Plans;
using Camshaft.Load.Running;

namespace Camshaft.EngineBenchmark.Refusal;

/// <summary>How soon a request learns that it will not be served, while all lanes are busy: from the moment when it was due to its refusal.</summary>
internal sealed class RefusalPart : IPart
{
    private const string Model = "resnet50";
    private const double Rate = 400;

    public string Name => "refusal";

    public async Task<PartReport> RunAsync(Workbench workbench)
    {
        var full = await MeasureAsync("queue of 16 full", "limits: { queue_size: 16 }", workbench).ConfigureAwait(false);
        var late = await MeasureAsync("objective of 300 ms cannot be kept", "slo: { latency: 300ms }", workbench).ConfigureAwait(false);
        var table = new MarkdownTable($"{Model}, Poisson {Rate}/s", "requests", "refused", "refusal p50 ms", "p99 ms", "p99.9 ms", "others");
        foreach (var result in (RefusalResult[])[full, late])
        {
            table.Add(result.What, $"{result.Requests:N0}", $"{result.Refused:N0}", Text.Number(result.Time.P50), Text.Number(result.Time.P99), Text.Number(result.Time.P999), Text.Number(result.OthersProcessors));
        }

        return new PartReport(Name, "Refusals")
        {
            Tables = [table],
            Notes = ["The time includes making the request, its memory, and the copy of 600 KB into it, and the way back over the thread pool."],
            Targets = [new Target("refusal under a full queue: p99", full.Time.P99, 1, "ms")],
            Figures = new[] { full, late },
        };
    }

    private static async Task<RefusalResult> MeasureAsync(string what, string configuration, Workbench workbench)
    {
        var repository = workbench.CreateRepository("refusal");
        repository.Add(Model, configuration);
        workbench.Progress.Begin($"refusal: {what}");
        await using var engine = await workbench.StartEngineAsync(repository).ConfigureAwait(false);
        var plan = new LoadPlan([new ModelLoad(Model, new PoissonRate(Rate)) { MaxInFlight = int.MaxValue }])
        {
            WarmUp = workbench.Options.WarmUp,
            Duration = workbench.Options.Duration,
            Seed = workbench.Options.Seed,
        };
        var generator = await LoadGenerator.OpenAsync(engine, plan, CancellationToken.None).ConfigureAwait(false);
        var meter = new ProcessorMeter();
        var model = (await generator.RunAsync(plan, workbench.Progress, CancellationToken.None).ConfigureAwait(false)).Models[0];
        return new RefusalResult(what, model.Requests, model.Failed, model.ErrorTime, model.Errors, meter.Read().Others);
    }
}
