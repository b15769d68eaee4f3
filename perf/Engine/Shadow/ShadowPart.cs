using Camshaft.EngineBenchmark.Measuring;
using Camshaft.EngineBenchmark.Reporting;
using Camshaft.Load.Plans;
using Camshaft.Load.Running;

namespace Camshaft.EngineBenchmark.Shadow;

/// <summary>
/// A model under a load that takes 60 % of the processors, and the same with a shadow whose every run is longer than the time between two
/// requests, so that it always has more copies than it can run; in turns and with the same arrivals.
/// </summary>
internal sealed class ShadowPart : IPart
{
    private const double TargetLoad = 0.6;
    private const string Primary = "squeezenet";
    private const string Shadow = "densenet121";
    private const string Alias = "shadowed";

    private const string Rules = $$"""
        { "routing": { "rules": [
            { "name": "shadow", "when": { "alias": "{{Alias}}" }, "targets": [ { "target": "{{Primary}}" } ], "shadows": [ { "target": "{{Shadow}}" } ] } ] } }
        """;

    public string Name => "shadow";

    public async Task<PartReport> RunAsync(Workbench workbench)
    {
        var repository = workbench.CreateRepository(Name);
        repository.Add(Primary);
        repository.Add(Shadow);
        var rules = Path.Combine(workbench.CreateDirectory(Name), "rules.json");
        await File.WriteAllTextAsync(rules, Rules).ConfigureAwait(false);
        workbench.Progress.Begin("shadow: starting");
        await using var engine = await workbench.StartEngineAsync(repository, routingFile: rules).ConfigureAwait(false);
        var rate = new PoissonRate(TargetLoad * Environment.ProcessorCount / engine.GetVersion(Primary).RunCosts[0].Cpu.TotalSeconds);
        var alone = new LoadPlan([new ModelLoad(Primary, rate)]) { WarmUp = TimeSpan.FromSeconds(1), Duration = workbench.Options.Duration };
        var shadowed = alone with { Models = [new ModelLoad(Alias, rate)] };
        var aloneGenerator = await LoadGenerator.OpenAsync(engine, alone, CancellationToken.None).ConfigureAwait(false);
        var shadowedGenerator = await LoadGenerator.OpenAsync(engine, shadowed, CancellationToken.None).ConfigureAwait(false);
        await shadowedGenerator.RunAsync(shadowed with { Duration = workbench.Options.WarmUp }, workbench.Progress, CancellationToken.None).ConfigureAwait(false);
        var shadow = engine.Engine.Router.Table.Rules.Single().Shadows.Single();
        var (sent, dropped) = (shadow.Sent, shadow.Dropped);

        var rounds = new List<ShadowRound>();
        for (var round = 0; round < workbench.Options.Rounds; round++)
        {
            workbench.Progress.Begin($"shadow: alone, round {round + 1} of {workbench.Options.Rounds}");
            var meter = new ProcessorMeter();
            var quiet = await aloneGenerator.RunAsync(alone with { Seed = workbench.Options.Seed + round }, workbench.Progress, CancellationToken.None).ConfigureAwait(false);
            workbench.Progress.Begin($"shadow: shadowed, round {round + 1} of {workbench.Options.Rounds}");
            var busy = await shadowedGenerator.RunAsync(shadowed with { Seed = workbench.Options.Seed + round }, workbench.Progress, CancellationToken.None).ConfigureAwait(false);
            rounds.Add(new ShadowRound(quiet.Models[0].Latency.P50, quiet.Models[0].Latency.P99, busy.Models[0].Latency.P50, busy.Models[0].Latency.P99, meter.Read().Others));
        }

        return Report(rounds, rate, shadow.Sent - sent, shadow.Dropped - dropped);
    }

    private static PartReport Report(List<ShadowRound> rounds, PoissonRate rate, long sent, long dropped)
    {
        var table = new MarkdownTable($"{Primary}, {Text.Number(rate.Rate)}/s", "p50 ms", "p99 ms");
        table.Add("alone", Median(static round => round.AloneP50), Median(static round => round.AloneP99));
        table.Add($"with copies to {Shadow}", Median(static round => round.ShadowedP50), Median(static round => round.ShadowedP99));
        var ratio = Statistics.Median(rounds, static round => round.ShadowedP99) / Statistics.Median(rounds, static round => round.AloneP99);
        return new PartReport("shadow", "A saturated shadow")
        {
            Tables = [table],
            Notes =
            [
                $"p99 with it over p99 alone, round by round: {string.Join(", ", rounds.Select(static round => Text.Number(round.Ratio)))}; of the medians {Text.Number(ratio)}. "
                + $"{sent} copies were run and {dropped} dropped. Other processes had {Median(static round => round.OthersProcessors)} processors.",
            ],
            Targets = [new Target($"{Primary} with a saturated shadow: p99 over its p99 without, medians", ratio, 1.1, "×")],
            Figures = rounds,
        };

        string Median(Func<ShadowRound, double> figure) => Text.Number(Statistics.Median(rounds, figure));
    }
}
