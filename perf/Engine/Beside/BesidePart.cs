using Camshaft.EngineBenchmark.Measuring;
using Camshaft.EngineBenchmark.Reporting;
using Camshaft.Load.Plans;
using Camshaft.Load.Running;

namespace Camshaft.EngineBenchmark.Beside;

/// <summary>A short model alone and beside a long one that clients ask without pause, in turns.</summary>
internal sealed class BesidePart : IPart
{
    private const string Short = "mnist";
    private const string Long = "resnet50";

    private static readonly ModelLoad ShortLoad = new(Short, new PoissonRate(200));
    private static readonly ModelLoad LongLoad = new(Long, new ClosedLoop(4));

    public string Name => "beside";

    public async Task<PartReport> RunAsync(Workbench workbench)
    {
        var repository = workbench.CreateRepository(Name);
        repository.Add(Short);
        repository.Add(Long);
        workbench.Progress.Begin("beside: starting");
        await using var engine = await workbench.StartEngineAsync(repository).ConfigureAwait(false);
        var alone = new LoadPlan([ShortLoad]) { WarmUp = TimeSpan.FromSeconds(1), Duration = workbench.Options.Duration };
        var beside = alone with { Models = [ShortLoad, LongLoad] };
        var aloneGenerator = await LoadGenerator.OpenAsync(engine, alone, CancellationToken.None).ConfigureAwait(false);
        var besideGenerator = await LoadGenerator.OpenAsync(engine, beside, CancellationToken.None).ConfigureAwait(false);
        await besideGenerator.RunAsync(beside with { Duration = workbench.Options.WarmUp }, workbench.Progress, CancellationToken.None).ConfigureAwait(false);

        var rounds = new List<BesideRound>();
        for (var round = 0; round < workbench.Options.Rounds; round++)
        {
            workbench.Progress.Begin($"beside: {Short} alone, round {round + 1} of {workbench.Options.Rounds}");
            var meter = new ProcessorMeter();
            var quiet = await aloneGenerator.RunAsync(alone with { Seed = workbench.Options.Seed + round }, workbench.Progress, CancellationToken.None).ConfigureAwait(false);
            workbench.Progress.Begin($"beside: {Short} beside {Long}, round {round + 1} of {workbench.Options.Rounds}");
            var busy = await besideGenerator.RunAsync(beside with { Seed = workbench.Options.Seed + round }, workbench.Progress, CancellationToken.None).ConfigureAwait(false);
            rounds.Add(new BesideRound(quiet.Models[0].Latency.P50, quiet.Models[0].Latency.P99, busy.Models[0].Latency.P50, busy.Models[0].Latency.P99, busy.Models[1].ThroughputPerSecond, meter.Read().Others));
        }

        return Report(rounds);
    }

    private static PartReport Report(List<BesideRound> rounds)
    {
        var table = new MarkdownTable($"{Short}, 200/s", "p50 ms", "p99 ms", $"{Long}/s");
        table.Add("alone", Median(static round => round.AloneP50), Median(static round => round.AloneP99), "");
        table.Add($"beside {Long}, four clients", Median(static round => round.BesideP50), Median(static round => round.BesideP99), Median(static round => round.LongPerSecond));
        var ratio = Statistics.Median(rounds, static round => round.Ratio);
        return new PartReport("beside", "A short model beside a long one")
        {
            Tables = [table],
            Notes = [$"p99 beside it over p99 alone, round by round: {string.Join(", ", rounds.Select(static round => Text.Number(round.Ratio)))}; median {Text.Number(ratio)}. Other processes had {Median(static round => round.OthersProcessors)} processors."],
            Targets = [new Target($"{Short} beside {Long}: p99 over its p99 alone", ratio, 2, "×")],
            Figures = rounds,
        };

        string Median(Func<BesideRound, double> figure) => Text.Number(Statistics.Median(rounds, figure));
    }
}
