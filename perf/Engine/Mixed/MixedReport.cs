using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Reporting;

namespace Camshaft.EngineBenchmark.Mixed;

/// <summary>Tells how the mix fared.</summary>
internal static class MixedReport
{
    public static PartReport Create(double scale, IReadOnlyDictionary<string, double> costs, IReadOnlyList<MixedResult> results)
    {
        var table = new MarkdownTable(["p50 / p99 ms", .. MixModel.All.Select(static model => model.Name), "unanswered", "processors", "others", "late p99 ms"]);
        foreach (var result in results)
        {
            table.Add(
            [
                result.Contender,
                .. MixModel.All.Select((_, i) => $"{Text.Number(result.Median(round => round.P50[i]))} / {Text.Number(result.Median(round => round.P99[i]))}"),
                $"{result.Rounds.Sum(static round => round.Failed):N0}",
                Text.Number(result.Median(static round => round.Processors.Own)),
                Text.Number(result.Median(static round => round.Processors.Others)),
                Text.Number(result.Median(static round => round.LatenessP99)),
            ]);
        }

        return new PartReport("mixed", "Mixed load at 60 % of the processors")
        {
            Tables = [table],
            Notes =
            [
                $"Poisson arrivals, {Text.Number(scale)} times {string.Join(", ", MixModel.All.Select(static model => $"{model.Name} {model.Rate:0}/s"))}, so that the requests take 60 % of the processors at what one took alone: {string.Join(", ", costs.Select(static cost => $"{cost.Key} {Text.Number(cost.Value * 1e6)} µs"))}.",
                $"Medians of {results[0].Rounds.Count} rounds in which all took turns with the same arrivals; latencies from the moment when a request was due. *processors* is what this process had, the generator's part included.",
            ],
            Targets =
            [
                new Target("mixed load: mnist p99", results[0].Median(static round => round.P99[0]), 1, "ms"),
                new Target("mixed load: resnet50 p99", results[0].Median(static round => round.P99[^1]), 200, "ms"),
            ],
            Figures = new { Scale = scale, RequestSeconds = costs, Results = results },
        };
    }
}
